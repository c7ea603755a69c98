import { docs, integer, one, orNull, resource, text } from './table/field.js';
import type { WireOf } from './table/field.js';

const PAGE = docs('overview/authentication');

/** Answer of `POST /auth/init`. */
export const AUTH_TOKEN = resource(
  'AuthToken',
  { source: `${PAGE}#authtoken-object`, confidence: 'A' },
  { auth_token: text, type: text, id_user: integer, expires_in: orNull(integer) },
);

/** Answer of `GET /auth/token/code`. */
export const AUTH_CODE = resource(
  'AuthCode',
  { source: `${PAGE}#authcode-object`, confidence: 'A' },
  { code: text, type: text, access: text, expires_in: orNull(integer) },
);

/** Answer of `POST /auth/token/access` and `POST /auth/renew`: no `id_user`. */
export const ACCESS_TOKEN = resource(
  'AuthTokenExchange',
  { source: `${PAGE}#authtokenexchange-object`, confidence: 'A' },
  { access_token: text, token_type: text },
);

/** Answer of `POST /auth/token`. */
export const SERVICE_TOKEN = resource(
  'AuthServiceToken',
  { source: `${PAGE}#authservicetoken-object`, confidence: 'B' },
  { token: text, scope: text },
);

const GUIDE_OF_2021 =
  'https://github.com/cashbee-team/budgea_client/blob/master/original_budgea_openapi.json';

/** What a JWT says, also written beside it; `exp` is there where it expires. */
export const JWT_PAYLOAD = resource(
  'JwtPayload',
  { source: GUIDE_OF_2021, confidence: 'C' },
  { id_user: integer, aud: text, iss: integer, scope: text, iat: integer, type: text },
  { exp: integer },
);

/** Answer of `POST /auth/jwt`. */
export const JWT = resource(
  'Jwt',
  { source: GUIDE_OF_2021, confidence: 'C' },
  { jwt_token: text, payload: one(JWT_PAYLOAD) },
);

export type InitWire = WireOf<(typeof AUTH_TOKEN)['fields']>;
export type TemporaryCodeWire = WireOf<(typeof AUTH_CODE)['fields']>;
export type AccessTokenWire = WireOf<(typeof ACCESS_TOKEN)['fields']>;
export type ServiceTokenWire = WireOf<(typeof SERVICE_TOKEN)['fields']>;
export type JwtPayloadWire = WireOf<(typeof JWT_PAYLOAD)['fields']> & { exp?: number };
export type JwtWire = Omit<WireOf<(typeof JWT)['fields']>, 'payload'> & { payload: JwtPayloadWire };
