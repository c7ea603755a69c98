import { Fields } from '../http/fields.js';
import type { SandboxRequest } from '../http/sandbox-request.js';

/**
 * The fields of a body, with the client application of a `Basic` header where the body names none: older clients of the
 * provider exchange codes like that, with one colon too many.
 *
 * @see protocol notes, section 2.3
 */
export function withBasicCredentials({ body, headers }: SandboxRequest): Fields {
  const [, encoded] = /^basic +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (encoded === undefined) {
    return new Fields(body);
  }
  const [id, secret] = Buffer.from(encoded, 'base64').toString().split(':');
  return new Fields({ client_id: id, client_secret: secret, ...(body as object | null) });
}
