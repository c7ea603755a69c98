import { dateTime, docs, integer, orNull, resource, text, unsimulated } from './table/field.js';
import type { WireOf } from './table/field.js';

/** A key that signs answers. */
export const SIGN_KEY = resource(
  'SignKey',
  { source: docs('overview/response-signature'), confidence: 'B' },
  { id: integer, public_key: text, deprecated: unsimulated(orNull(dateTime)) },
);

/** The key that encrypts what a person types, as a JWK. */
export const PUBLIC_KEY = resource(
  'PublicKey',
  { source: docs('overview/end-to-end-encryption'), confidence: 'B' },
  { kty: text, kid: text, use: text, alg: text, n: text, e: text },
);

/** A signing key as the provider writes it. */
export type SignKeyWire = WireOf<(typeof SIGN_KEY)['fields']>;

/** An encryption key as the provider writes it. */
export type PublicKeyWire = WireOf<(typeof PUBLIC_KEY)['fields']>;
