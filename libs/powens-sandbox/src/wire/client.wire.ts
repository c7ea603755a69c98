import { DEFAULT_CLIENT } from '../sandbox.credentials.js';
import type { ClientRecord } from '../store/records.js';
import { docs, integer, listOf, orNull, resource, sure, text, unsimulated, write } from './table/field.js';
import type { WireOf } from './table/field.js';

/** A client application. */
export const CLIENT = resource(
  'ClientApplication',
  { source: docs('api-setup/client-applications#clientapplication-object'), confidence: 'B' },
  {
    id: integer,
    name: text,
    secret: orNull(text),
    public_key: orNull(text),
    private_key: orNull(text),
    redirect_uris: listOf(text),
    id_logo: unsimulated(orNull(integer)),
    primary_color: sure('C', orNull(text)),
    config: text,
  },
);

/** A client application as the provider writes it. */
export type ClientWire = WireOf<(typeof CLIENT)['fields']>;

/** What the default application accepts beside what is registered, as the regular expression that older pages allow. */
const LOOPBACK = '^http://(localhost|127\\.0\\.0\\.1)(:\\d{1,5})?(/[^?#]*)?$';

/** Writes a client application for the wire; only the console's config token sees the secret. */
export function clientToWire(client: ClientRecord, withSecret: boolean): ClientWire {
  const isOpenToLoopback = client.id === DEFAULT_CLIENT.clientId;
  return write(CLIENT, {
    id: Number(client.id),
    name: client.name,
    secret: withSecret ? client.secret : null,
    public_key: client.keys?.publicKey ?? null,
    private_key: withSecret ? (client.keys?.privateKey ?? null) : null,
    redirect_uris: [...client.redirectUris, ...(isOpenToLoopback ? [LOOPBACK] : [])],
    primary_color: client.primaryColor ?? null,
    config: JSON.stringify(client.config ?? {}),
  });
}
