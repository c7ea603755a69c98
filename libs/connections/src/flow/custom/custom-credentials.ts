import { ConnectionsError } from '../../errors/index.js';
import { Credential } from '../../values/secrets/credential.js';

const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const MAX_LENGTH = 4096;
const MAX_FIELDS = 50;

// Parameters in the same body as the fields, with another meaning.
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
 * Checks and wraps the input of an end user. No error message contains a value.
 *
 * @throws ConnectionsError `invalid_request`
 * @internal
 */
export function credentialsOf(fields: Readonly<Record<string, string>>): ReadonlyMap<string, Credential> {
  const entries: [string, unknown][] = Object.entries(fields);
  if (entries.length > MAX_FIELDS) {
    throw refused(`At most ${MAX_FIELDS} fields can be answered at once.`);
  }
  return new Map(
    entries.map(([name, value]) => {
      if (!NAME.test(name) || RESERVED.has(name)) {
        throw refused('A field has a name that no field of a connector has.');
      }
      if (typeof value !== 'string' || value.length > MAX_LENGTH) {
        throw refused(`The field "${name}" must be a text of at most ${MAX_LENGTH} characters.`);
      }
      return [name, Credential.of(value)];
    }),
  );
}

function refused(problem: string): ConnectionsError {
  return new ConnectionsError('invalid_request', problem);
}
