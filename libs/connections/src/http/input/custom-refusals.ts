import { ConnectionsError, PowensApiError } from '../../errors/index.js';
import { isOwnAnswer } from '../../flow/losses/own-connections.js';

const CREATE = 'POST /users/me/connections';
const ANSWER = 'POST /users/me/connections/{id}';
const CONSENT = 'PUT /users/me/connections/{id}/accounts/{id}';
const OF_FIELDS = ['missingParameter', 'invalidValue'];

/**
 * Runs a step of a custom connection. Only Powens knows the connectors, their fields and the accounts: when it refuses those that
 * the client gave, the mistake is the client's, and no failure of Powens.
 */
export async function refusingInput<Step>(take: () => Promise<Step>): Promise<Step> {
  try {
    return await take();
  } catch (error) {
    throw mistakeOfClient(error) ?? error;
  }
}

function mistakeOfClient(error: unknown): ConnectionsError | null {
  if (!(error instanceof PowensApiError) || error.code !== 'powens_refused') {
    return null;
  }
  const { operation, powensCode } = error.failure;
  const isUnknown = isOwnAnswer(error, [404]);
  if (operation === CONSENT && isUnknown) {
    return new ConnectionsError('not_found', 'The connection has no such account.', { cause: error });
  }
  const isOfFields = [CREATE, ANSWER].includes(operation) && OF_FIELDS.includes(powensCode ?? '');
  return isOfFields || (operation === CREATE && isUnknown)
    ? new ConnectionsError(
        'invalid_request',
        'There is no such connector, or a field is missing, or a value does not fit its field.',
        { cause: error },
      )
    : null;
}
