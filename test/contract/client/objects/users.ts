import { boolean, dateTime, id, integer, listOf, nullable, object, optional, text, word } from '../shape.js';

/** `overview/authentication`: AuthToken. */
export const AUTH_TOKEN = object('AuthToken', {
  auth_token: text,
  type: word('temporary', 'permanent'),
  id_user: id,
  expires_in: nullable(integer),
});

/** `overview/authentication`: AuthCode. */
export const AUTH_CODE = object('AuthCode', {
  code: text,
  type: word('temporary'),
  access: word('single', 'standard'),
  expires_in: nullable(integer),
});

/** `overview/authentication`: AuthTokenExchange. */
export const ACCESS_TOKEN = object('AuthTokenExchange', { access_token: text, token_type: word('Bearer') });

/** `overview/authentication`: AuthServiceToken. */
export const SERVICE_TOKEN = object('AuthServiceToken', { token: text, scope: text });

/** The guide of 2021: the answer of `POST /auth/jwt`. */
export const JWT = object('Jwt', {
  jwt_token: text,
  payload: object('JwtPayload', {
    id_user: id,
    aud: text,
    iss: integer,
    scope: text,
    iat: integer,
    exp: optional(integer),
    type: word('sharedAccess'),
  }),
});

/** `user-connections/users`: User; `platform` is in the description of 2021. */
export const USER = object('User', { id, signin: dateTime, platform: optional(text) });

export const USERS = object('UsersList', { users: listOf(USER), total: optional(integer) });

/** The description of 2021: Profile. */
export const PROFILE = object('Profile', {
  id,
  id_user: id,
  role: text,
  email: text,
  statut: integer,
  admin: boolean,
  conf: optional(nullable(text)),
  lang: optional(nullable(text)),
});

export const PROFILES = object('ProfilesList', { profiles: listOf(PROFILE), total: optional(integer) });
