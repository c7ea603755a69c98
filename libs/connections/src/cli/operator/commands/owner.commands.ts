import { ConnectionsAdminService } from '../../../flow/administration/connections-admin.service.js';
import type { UserRecord, UserSearch } from '../../../flow/administration/administration.types.js';
import { ConnectionsService } from '../../../flow/connections.service.js';
import type { OwnerLike } from '../../../options/owner-resolver.interface.js';
import { UsageError } from '../../shared/usage-error.js';
import { type Command, type CommandOption, DONE, type Given, type Invocation, textOf } from '../command.js';
import { PAGE, pageOf, printPage } from './pages.js';
import { importTokens } from './import-tokens.js';

/** The options that name an owner. */
export const OWNER: Readonly<Record<string, CommandOption>> = {
  owner: { value: 'id', meaning: 'id of the owner in the application' },
  tenant: { value: 'name', meaning: 'tenant of the owner, where the application has tenants' },
};

/** What concerns one owner, or brings owners in. */
export const OWNER_COMMANDS: readonly Command[] = [
  {
    words: ['search'],
    summary: 'finds Powens users, their connections and attempts, of all owners',
    options: {
      ...OWNER,
      'powens-user': { value: 'id', meaning: 'id of the user at Powens' },
      connection: { value: 'id', meaning: 'id of a connection here' },
      'powens-connection': { value: 'id', meaning: 'id of a connection at Powens' },
      attempt: { value: 'id', meaning: 'id of an attempt' },
      ...PAGE,
    },
    run: async (invocation: Invocation): Promise<number> => {
      const { given } = invocation;
      const [search, request] = [searchOf(given), pageOf(given)];
      const page = await (await invocation.service(ConnectionsAdminService)).search(search, request);
      return printPage(invocation, page, userLines);
    },
  },
  {
    words: ['sync'],
    operands: ['connection id'],
    summary: "asks Powens to synchronise an owner's connection now",
    options: OWNER,
    run: async (invocation: Invocation): Promise<number> => {
      const [id = ''] = invocation.operands;
      const owner = requiredOwnerOf(invocation.given);
      const connection = await (await invocation.service(ConnectionsService)).sync(owner, id);
      invocation.print(connection, `Powens synchronises it. State: ${connection.state ?? 'well'}.\n`);
      return DONE;
    },
  },
  {
    words: ['import'],
    operands: ['file'],
    summary: 'imports tokens of a file (- is what is piped in): {"owner": "id", "token": "text"}, one a line',
    options: {
      renewable: { meaning: 'no other application uses these Powens users: their tokens may be renewed' },
      'emit-events': { meaning: 'emits connection.created for every imported connection' },
    },
    run: importTokens,
  },
];

/**
 * Reads the options of {@link OWNER}.
 *
 * @throws UsageError when a tenant is given without an owner
 */
export function ownerOf(given: Given): OwnerLike | undefined {
  const [id, tenant] = [textOf(given, 'owner'), textOf(given, 'tenant')];
  if (id === undefined && tenant !== undefined) {
    throw new UsageError('--tenant needs --owner.');
  }
  return id === undefined || tenant === undefined ? id : { id, tenant };
}

function requiredOwnerOf(given: Given): OwnerLike {
  const owner = ownerOf(given);
  if (owner === undefined) {
    throw new UsageError('Name the owner: --owner <id>.');
  }
  return owner;
}

function searchOf(given: Given): UserSearch {
  const found = {
    owner: ownerOf(given),
    powensUserId: textOf(given, 'powens-user'),
    connectionId: textOf(given, 'connection'),
    powensConnectionId: textOf(given, 'powens-connection'),
    attemptId: textOf(given, 'attempt'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function userLines({ id, owner, powensUserId, status, keyId, connections, attempts }: UserRecord): string {
  const tenant = owner.tenant === '' ? '' : ` of tenant ${owner.tenant}`;
  return [
    `user ${id}  owner ${owner.id}${tenant}  Powens user ${powensUserId ?? 'none'}  ${status}  key ${keyId ?? 'none'}`,
    ...connections.map(
      (one) =>
        `  connection ${one.id}  at Powens ${one.powensConnectionId}  ${one.status}  ${one.state ?? 'well'}  ` +
        (one.connectorName ?? ''),
    ),
    ...attempts.map(
      (one) =>
        `  attempt ${one.id}  ${one.createdAt.toISOString()}  ${one.flow}  ${one.status}  ${one.errorCode ?? ''}`,
    ),
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}
