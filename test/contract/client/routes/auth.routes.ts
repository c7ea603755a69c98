import { INFORMATIONS, WEBAUTH_URL } from '../objects/connections.js';
import {
  ACCESS_TOKEN,
  AUTH_CODE,
  AUTH_TOKEN,
  JWT,
  PROFILE,
  PROFILES,
  SERVICE_TOKEN,
  USER,
  USERS,
} from '../objects/users.js';
import { CONFIG } from '../objects/setup.js';
import { routes } from '../route.js';

const NOBODY = { who: 'nobody' } as const;

/** `overview/authentication`, `user-connections/users`, and what the guide of 2021 has beside them. */
export const AUTH_ROUTES = [
  ...routes('POST', '/auth/init', AUTH_TOKEN, NOBODY),
  ...routes('GET', '/auth/token/code', AUTH_CODE),
  ...routes('POST', '/auth/token/code', AUTH_CODE),
  ...routes('POST', '/auth/token/access', ACCESS_TOKEN, NOBODY),
  ...routes('POST', '/auth/renew', ACCESS_TOKEN, NOBODY),
  ...routes('POST', '/auth/token', SERVICE_TOKEN, NOBODY),
  ...routes('POST', '/auth/jwt', JWT, NOBODY),
  ...routes('DELETE', '/auth/token', 'nothing', { statuses: [204] }),
  ...routes('GET', '/users', USERS, { who: 'users' }),
  ...routes('GET', '/users/{user}', USER),
  ...routes('DELETE', '/users/{user}', 'nothing', { statuses: [204] }),
  ...routes('GET', '/users/{user}/profiles', PROFILES),
  ...routes('GET', '/users/{user}/profiles/{profile}', PROFILE),
  ...routes('GET', '/users/{user}/config', CONFIG),
  ...routes('POST', '/users/{user}/config', CONFIG),
  ...routes('GET', '/users/{user}/connections/{connection}/informations', INFORMATIONS),
  ...routes('GET', '/webauth-url', WEBAUTH_URL),
  ...routes('GET', '/webauth', 'redirect', { who: 'nobody', statuses: [307] }),
];
