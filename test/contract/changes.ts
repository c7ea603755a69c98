import type { Call } from './client/reference-client.js';
import { REDIRECT_URI } from './contract-world.js';
import type { ContractWorld } from './contract-world.js';

/** What makes a call of a route that changes something: ids of things made for it, and a body. */
type Change = (world: ContractWorld) => Promise<Call> | Call;

const grant = ({ credentials }: ContractWorld): Record<string, unknown> => ({
  ...{ grant_type: 'client_credentials', ...credentials },
});

const ids = (world: ContractWorld): Call => ({ path: world.ids });

const withBody =
  (body: unknown, query: Record<string, string> = {}): Change =>
  (world) => ({ path: world.ids, body, query });

const bills: Change = (world) => ({
  path: world.callOf({ path: '{subscription}' } as never).path ?? {},
  query: { all: '' },
  body: { disabled: false },
});

const newConnection: Change = async (world) => ({
  path: { ...world.ids, connection: await world.connect(40) },
});

const newProvider: Change = async (world) => {
  const body = { type: 'hmac_signature', name: 'passing' };
  const { id } = await world.client.call('POST /webhooks/auth', { body });
  return { path: { authProvider: Number(id) } };
};

const newWebhook: Change = async (world) => {
  const body = { event: 'USER_DELETED', url: `${world.sandbox.url}/passing` };
  const { id } = await world.client.call('POST /webhooks', { body });
  return { path: { webhook: Number(id) } };
};

const newClient: Change = async (world) => {
  const { id } = await world.client.call('POST /clients', { body: { name: 'Passing' } });
  return { path: { client: Number(id) } };
};

const later =
  (change: Change): Change =>
  async (world) => {
    await world.admin('clock', { advanceSeconds: 120 });
    return change(world);
  };

const bankLogin = { website: 'par', login: 'test_login', password: '1234' };

/** What is changed on a thing: the same on every path that ends so. */
const BY_ENDING: readonly (readonly [route: RegExp, change: Change])[] = [
  [/^P.*\/accounts\/\{account\}$/, withBody({ name: 'Mine', display: true, bookmarked: true }, { all: '' })],
  [/^P.*\/subscriptions\/\{subscription\}$/, bills],
  [
    /^P.*\/transactions\/\{transaction\}$/,
    withBody({ comment: 'Lunch', categories: [{ code: 'restaurants', parent_code: 'dailyLife' }] }),
  ],
  [
    /^P.*\/documents\/\{document\}$/,
    withBody({ name: 'renamed.pdf', total_amount: 12.5, date: '2026-01-31' }),
  ],
  [/^P.*\/webhooks\/\{webhook\}$/, withBody({ url: 'http://127.0.0.1:9/other' })],
  [/^P.*\/webhooks\/auth\/\{authProvider\}$/, withBody({ name: 'renamed' })],
  [/^P.*\/sources\/\{source\}$/, withBody({ disabled: false })],
  [/^POST .*\/connections$/, withBody({ id_connector: 40, source: 'directaccess', ...bankLogin })],
  // One that was synchronised a moment ago answers 409.
  [/^P.*\/connections\/\{connection\}$/, later(withBody({}))],
  [/^DELETE .*\/connections\/\{connection\}$/, newConnection],
  [/^POST \/test\//, ids],
];

/** What reads or changes with more than the ids of the path. */
const CHANGES: Readonly<Record<string, Change>> = {
  'POST /auth/init': ({ credentials }) => ({ body: credentials }),
  'POST /auth/token/code': withBody({}),
  'POST /auth/token/access': async ({ client, credentials }) => {
    const { code } = await client.call('GET /auth/token/code');
    return { body: { ...credentials, code } };
  },
  'POST /auth/renew': async (world) => {
    const me = await world.client.call('GET /users/{user}');
    return { body: { ...grant(world), id_user: me['id'] } };
  },
  'POST /auth/token': (world) => ({ body: { ...grant(world), scope: 'payments:read-only' } }),
  'POST /auth/jwt': ({ credentials }) => ({ body: credentials }),
  'POST /users/{user}/config': withBody({ 'app.theme': 'dark' }),
  'POST /config': withBody({ 'webhooks.alerts_frequency': 2 }),
  'POST /clients': withBody({ name: 'Second', redirect_uris: REDIRECT_URI, generate_keys: true }),
  'PUT /clients/{client}': withBody({ primary_color: '1A2B3C', config: { theme: 'dark' } }),
  'DELETE /clients/{client}': newClient,
  'POST /webhooks': withBody({ event: 'USER_CREATED', url: 'http://127.0.0.1:9/created' }),
  'DELETE /webhooks/{webhook}': newWebhook,
  'POST /webhooks/auth': withBody({ type: 'hmac_signature', name: 'second' }),
  'DELETE /webhooks/auth/{authProvider}': newProvider,
  'GET /webauth-url': ({ credentials }) => ({
    query: { client_id: credentials.client_id, redirect_uri: REDIRECT_URI, id_connector: '59', state: 's' },
  }),
  'GET /webauth': async ({ client, credentials }) => {
    const { code } = await client.call('GET /auth/token/code');
    return {
      query: {
        ...{ client_id: credentials.client_id, redirect_uri: REDIRECT_URI, id_connector: '59' },
        token: String(code),
      },
    };
  },
};

/** What a route is called with; undefined where nothing says how. */
export async function callFor(route: string, world: ContractWorld): Promise<Call | undefined> {
  const change = CHANGES[route] ?? BY_ENDING.find(([ending]) => ending.test(route))?.[1];
  return change?.(world);
}
