import { ConnectionsError } from '../../errors/index.js';
import { Credential } from '../../values/secrets/credential.js';

const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const LONGEST = 4096;
const MOST = 50;

// What stands beside the fields in the same body, and does something else.
const RESERVED = new Set([
  'active',
  'background',
  'connector_uuid',
  'disabled',
  'expire',
  'id_connector',
  'id_provider',
  'id_bank',
  'refresh_auth',
  'resume',
  'source',
]);

/**
 * Takes over what an end user typed. No message names a value.
 *
 * @throws ConnectionsError `invalid_request`
 * @internal
 */
export function credentialsOf(fields: Readonly<Record<string, string>>): ReadonlyMap<string, Credential> {
  const entries: [string, unknown][] = Object.entries(fields);
  if (entries.length > MOST) {
    throw refused(`At most ${MOST} fields can be answered at once.`);
  }
  return new Map(
    entries.map(([name, value]) => {
      if (!NAME.test(name) || RESERVED.has(name)) {
        throw refused('A field has a name that no field of a connector has.');
      }
      if (typeof value !== 'string' || value.length > LONGEST) {
        throw refused(`The field "${name}" must be a text of at most ${LONGEST} characters.`);
      }
      return [name, Credential.of(value)];
    }),
  );
}

function refused(problem: string): ConnectionsError {
  return new ConnectionsError('invalid_request', problem);
}
