import {
  AUTH_PROVIDER,
  AUTH_PROVIDERS,
  CLIENT,
  CLIENTS,
  CONFIG,
  NOTHING,
  PUBLIC_KEY,
  SIGN_KEY,
  SIGN_KEYS,
  WEBHOOK,
  WEBHOOKS,
  WEBHOOK_EVENTS,
  WEBHOOK_LOGS,
} from '../objects/setup.js';
import { routes, updates } from '../route.js';

const CONSOLE = { who: 'config' } as const;
const NOBODY = { who: 'nobody' } as const;

/** `api-setup`, the guides about keys, and the webhooks of the description of 2021. */
export const SETUP_ROUTES = [
  ...routes('GET', '/clients', CLIENTS, CONSOLE),
  ...routes('POST', '/clients', CLIENT, { who: 'config', statuses: [201] }),
  ...routes('GET', '/clients/{client}', CLIENT, CONSOLE),
  ...routes('PUT', '/clients/{client}', CLIENT, CONSOLE),
  ...routes('DELETE', '/clients/{client}', 'nothing', { who: 'config', statuses: [204] }),
  ...routes('GET', '/config', CONFIG, CONSOLE),
  ...routes('POST', '/config', CONFIG, CONSOLE),
  ...routes('GET', '/publickey', PUBLIC_KEY, NOBODY),
  ...routes('GET', '/sign-keys', SIGN_KEYS, NOBODY),
  ...routes('GET', '/sign-keys/{signKey}', SIGN_KEY, NOBODY),
  ...routes('GET', '/webhooks_events', WEBHOOK_EVENTS, CONSOLE),
  ...routes('GET', '/webhooks', WEBHOOKS, CONSOLE),
  ...routes('POST', '/webhooks', WEBHOOK, CONSOLE),
  ...routes('DELETE', '/webhooks', WEBHOOKS, CONSOLE),
  ...routes('GET', '/webhooks/{webhook}', WEBHOOK, CONSOLE),
  ...updates('/webhooks/{webhook}', WEBHOOK, CONSOLE),
  ...routes('DELETE', '/webhooks/{webhook}', WEBHOOK, CONSOLE),
  ...routes('GET', '/webhooks/{webhook}/logs', WEBHOOK_LOGS, CONSOLE),
  ...routes('GET', '/webhooks/auth', AUTH_PROVIDERS, CONSOLE),
  ...routes('POST', '/webhooks/auth', AUTH_PROVIDER, CONSOLE),
  ...updates('/webhooks/auth/{authProvider}', AUTH_PROVIDER, CONSOLE),
  ...routes('DELETE', '/webhooks/auth/{authProvider}', AUTH_PROVIDER, CONSOLE),
  ...routes('POST', ['/test/webhooks', '/test/sync'], NOTHING, CONSOLE),
];
