import type { ConnectionChangesRepository } from '../../../connections/connection-changes.repository.js';
import type { KeyRing } from '../../../custody/crypto/key-ring.js';
import { openRow, type SealedRow } from '../../../custody/sealed-row.js';
import { CustodyError, PowensApiError } from '../../../errors/index.js';
import type { PowensClient } from '../../../powens/powens.client.js';
import type { AccessToken } from '../../../values/secrets/access-token.js';

/** Why a row was not changed. */
export type LeftReason =
  | 'key_unavailable'
  | 'token_tampered'
  | 'no_token'
  | 'token_refused'
  | 'another_user'
  | 'other_connections'
  | 'no_answer'
  | 'changed_meanwhile';

/** What a proof needs. `powens` calls the provider that the row is to be bound to. */
export interface ProofTools {
  readonly connections: Pick<ConnectionChangesRepository, 'findEveryOf'>;
  readonly ring: KeyRing;
  readonly powens: PowensClient;
}

/** Asks the new provider, with the token of a row, whether it has the same user. */
export async function verdictOf(
  row: SealedRow,
  instance: string,
  tools: ProofTools,
): Promise<'proven' | LeftReason> {
  try {
    const token = openRow(row, instance, tools.ring);
    return token === null ? 'no_token' : await ask(row, token, tools);
  } catch (error) {
    return reasonOf(error);
  }
}

/** The same number is another person's user elsewhere: only the same user has a connection that is known here. */
async function ask(
  row: SealedRow,
  token: AccessToken,
  { powens, connections }: ProofTools,
): Promise<'proven' | LeftReason> {
  const { id } = await powens.getUser(token);
  if (id !== row.powensUserId) {
    return 'another_user';
  }
  const known = (await connections.findEveryOf(row.userId)).filter(({ status }) => status === 'active');
  if (known.length === 0) {
    return 'proven';
  }
  const listed = new Set((await powens.listConnections(token)).map((connection) => connection.id));
  return known.some(({ powensConnectionId }) => listed.has(powensConnectionId))
    ? 'proven'
    : 'other_connections';
}

/** Only Powens' own error codes are evidence about a token: a page of a proxy is not. */
function reasonOf(error: unknown): LeftReason {
  if (error instanceof CustodyError) {
    return error.code === 'key_unavailable' ? 'key_unavailable' : 'token_tampered';
  }
  if (!(error instanceof PowensApiError)) {
    throw error;
  }
  const { status, powensCode } = error.failure;
  return powensCode !== null && [401, 404].includes(status ?? 0) ? 'token_refused' : 'no_answer';
}
