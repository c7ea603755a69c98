import { RequestMethod } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences } from '../__helpers__/field-check.js';
import { SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { PowensSandboxModule } from '../powens-sandbox.module.js';
import { CONFIG_TOKEN, DEFAULT_CLIENT, USERS_TOKEN } from '../sandbox.credentials.js';
import { ACCOUNT_TYPE } from '../wire/bank/account-type.wire.js';
import { ACCOUNT } from '../wire/bank/account.wire.js';
import { CURRENCY } from '../wire/bank/currency.wire.js';
import { OWNERSHIP, OWNER_IDENTITY } from '../wire/bank/ownership.wire.js';
import { ATTACHMENT, TRANSACTION } from '../wire/bank/transaction.wire.js';
import {
  AMORTIZATION,
  BALANCE,
  INVESTMENT,
  INVESTMENT_VALUE,
  MARKET_ORDER,
  POCKET,
} from '../wire/bank/wealth.wire.js';
import { CLIENT } from '../wire/client.wire.js';
import { CONNECTION, CONNECTION_SOURCE } from '../wire/connection.wire.js';
import { CONNECTOR, CONNECTOR_FIELD, CONNECTOR_SOURCE, COUNTRY } from '../wire/connector.wire.js';
import { DOCUMENT, DOCUMENT_TYPE, SUBSCRIPTION } from '../wire/document.wire.js';
import { PUBLIC_KEY, SIGN_KEY } from '../wire/key.wire.js';
import { RESOURCES } from '../wire/resources.js';
import type { Fields, Resource } from '../wire/table/field.js';
import { USER } from '../wire/user.wire.js';
import { AUTH_PROVIDER, WEBHOOK, WEBHOOK_EVENT, WEBHOOK_LOG } from '../wire/webhook.wire.js';

const EVERY_EXPANSION =
  'expand=connector[fields,sources,countries,urls],sources,accounts,all_accounts,subscriptions,all_subscriptions';

const CONNECTOR_SOURCE_ID = 77;

type Who = 'user' | 'config' | 'users';

interface Item {
  path: string;
  resource: Resource<Fields>;
  who: Who;
}

/** A list: its path, the key of its items, and their resource. Ids in braces are those of the lists read before. */
const LISTS = (
  [
    ['users', 'users', USER, 'users'],
    ['clients', 'clients', CLIENT, 'config'],
    ['connectors?expand=fields,sources,countries,urls', 'connectors', CONNECTOR],
    ['banks', 'banks', CONNECTOR],
    ['providers', 'providers', CONNECTOR],
    ['connectors/40/fields', 'fields', CONNECTOR_FIELD],
    ['connectors/40/sources', 'sources', CONNECTOR_SOURCE],
    ['account_types', 'accounttypes', ACCOUNT_TYPE],
    ['currencies', 'currencies', CURRENCY],
    ['countries', 'countries', COUNTRY],
    ['documenttypes', 'documenttypes', DOCUMENT_TYPE],
    ['sign-keys', 'signkeys', SIGN_KEY],
    [`connections?${EVERY_EXPANSION}`, 'connections', CONNECTION],
    ['connections/{connections}/sources', 'sources', CONNECTION_SOURCE],
    ['accounts', 'accounts', ACCOUNT],
    ['transactions?limit=1000', 'transactions', TRANSACTION],
    ['transactions/{transactions}/attachments', 'attachments', ATTACHMENT],
    ['account_ownerships', 'account_ownerships', OWNERSHIP],
    ['investments', 'investments', INVESTMENT],
    ['investments/{investments}/history', 'investmentvalues', INVESTMENT_VALUE],
    ['marketorders', 'marketorders', MARKET_ORDER],
    ['pockets', 'pockets', POCKET],
    ['amortizations', 'loanamortizations', AMORTIZATION],
    ['accounts/{accounts}/balances?min_date=2020-01-01', 'balances', BALANCE],
    ['subscriptions', 'subscriptions', SUBSCRIPTION],
    ['documents', 'documents', DOCUMENT],
    ['webhooks', 'webhooks', WEBHOOK, 'config'],
    ['webhooks/{webhooks}/logs', 'webhooklogs', WEBHOOK_LOG, 'config'],
    ['webhooks/auth', 'authproviders', AUTH_PROVIDER, 'config'],
    ['webhooks_events', 'webhooks_events', WEBHOOK_EVENT, 'config'],
  ] as readonly [string, string, Resource<Fields>, Who?][]
).map(([path, key, resource, who = 'user']) => ({ path, key, resource, who }));

const ITEMS: readonly Item[] = (
  [
    ['users/me', USER],
    [`clients/${DEFAULT_CLIENT.clientId}`, CLIENT],
    ['connectors/40', CONNECTOR],
    ['banks/40', CONNECTOR],
    ['providers/81', CONNECTOR],
    ['connectors/40/sources/{sources}', CONNECTOR_SOURCE],
    ['account_types/2', ACCOUNT_TYPE],
    ['sign-keys/1', SIGN_KEY],
    ['publickey', PUBLIC_KEY],
    ['connections/{connections}', CONNECTION],
    ['connections/{connections}/sources/{sources}', CONNECTION_SOURCE],
    ['connections/{connections}/owner_identity', OWNER_IDENTITY],
    ['accounts/{accounts}', ACCOUNT],
    ['transactions/{transactions}', TRANSACTION],
    ['investments/{investments}', INVESTMENT],
    ['marketorders/{marketorders}', MARKET_ORDER],
    ['pockets/{pockets}', POCKET],
    ['subscriptions/{subscriptions}', SUBSCRIPTION],
    ['documents/{documents}', DOCUMENT],
    ['webhooks/{webhooks}', WEBHOOK, 'config'],
  ] as readonly [string, Resource<Fields>, Who?][]
).map(([path, resource, who = 'user']) => ({ path, resource, who }));

/** Routes whose answers are no resource: settings, files, and lists that are always empty. */
const OTHERS = [
  'auth/token/code',
  'banks/categories',
  'config',
  'connections/:id/logs',
  'connectors/:name/logos',
  'banks/:name/logos',
  'providers/:name/logos',
  'documents/:id/file',
  'transactions/:id/attachments/:attachment/file',
  'indicators',
  'investments/:investment/pockets',
];

describe('answers of the API', () => {
  let sandbox: SandboxHarness;
  let tokens: Record<Who, string>;
  const ids = new Map<string, unknown>();

  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
    const { token } = await sandbox.connectedUser({ connector_ids: '67' });
    tokens = { user: token, config: CONFIG_TOKEN, users: USERS_TOKEN };
    const code = await sandbox.get('/2.0/auth/token/code', token);
    await sandbox.visit({ code: String(code.json['code']), connector_ids: '81' });
    await prepareWebhooks();
    for (const { path, key, who } of LISTS) {
      const [first] = (await read(path, who))[key] as Record<string, unknown>[];
      ids.set(key, first?.['id']);
    }
  });
  afterAll(() => sandbox.close());

  async function prepareWebhooks(): Promise<void> {
    const auth = { type: 'hmac_signature', name: 'contract' };
    await sandbox.call('POST', '/2.0/webhooks/auth', { body: auth, bearer: CONFIG_TOKEN });
    const body = { event: 'CONNECTION_SYNCED', url: `${sandbox.url}/nowhere` };
    await sandbox.call('POST', '/2.0/webhooks', { body, bearer: CONFIG_TOKEN });
    const [connection] = sandbox.ledger.connections;
    await sandbox.webhooks.deliver({ event: 'CONNECTION_SYNCED', idConnection: connection?.id ?? 0 });
  }

  async function read(path: string, who: Who = 'user'): Promise<Record<string, unknown>> {
    const isOfConnector = path.startsWith('connectors/');
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
      String(isOfConnector ? CONNECTOR_SOURCE_ID : ids.get(name)),
    );
    const { status, json } = await sandbox.get(`/2.0/${filled}`, tokens[who]);
    expect([filled, status]).toEqual([filled, 200]);
    return json;
  }

  it.each(LISTS)('should hold in $path what the table of $key says', async ({ path, key, resource, who }) => {
    const items = (await read(path, who))[key] as unknown[];
    expect(items.length).toBeGreaterThan(0);
    expect(items.flatMap((one) => differences(one, resource))).toEqual([]);
  });

  it.each(ITEMS)('should answer at $path what its table says', async ({ path, resource, who }) => {
    expect(differences(await read(path, who), resource)).toEqual([]);
  });

  it('should be tried here for every route that reads something', () => {
    const tried = [...LISTS, ...ITEMS].map(({ path }) => patternOf(path));
    const known = new Set([...tried, ...OTHERS.map(patternOf)]);
    const untried = readRoutes().filter((path) => !known.has(patternOf(lastPart(path))));
    expect(untried).toEqual([]);
  });

  it('should count what the tables hold, by how sure their sources are', () => {
    const fieldsOf = (sure: string): number =>
      RESOURCES.filter(({ confidence }) => confidence === sure).reduce(
        (sum, { fields }) => sum + Object.keys(fields).length,
        0,
      );
    const [documented, single, weak] = ['A', 'B', 'C'].map(fieldsOf);
    const line = `${RESOURCES.length} resources, fields: ${documented} A, ${single} B, ${weak} C`;
    expect(readme()).toContain(line);
  });

  it('should be described by one table of resources, each with its source', () => {
    const used = [...LISTS, ...ITEMS].map(({ resource }) => resource);
    expect(used.filter((resource) => !RESOURCES.includes(resource))).toEqual([]);
    expect(new Set(RESOURCES.map(({ name }) => name)).size).toBe(RESOURCES.length);
    expect(RESOURCES.filter(({ source }) => !source.startsWith('https://docs.powens.com/'))).toEqual([]);
  });
});

/** `accounts/{accounts}/balances?min_date=…` and `accounts/:account/balances` are one pattern. */
function patternOf(path: string): string {
  return path
    .replace(/\?.*$/, '')
    .replace(/\{\w+\}|:\w+/g, '*')
    .replace(/(?<=\/)\d+(?=\/|$)/g, '*')
    .replace('users/me', 'users/*');
}

/** Lists of bank data are reached by many paths: of a user, of a connection, of an account. The last part names them. */
function lastPart(path: string): string {
  const short = path.replace(/^users\/:user\/(?=.)/, '');
  const scoped = short.replace(
    /^(connections\/:connection\/|accounts\/:account\/|subscriptions\/:subscription\/)+(?!balances|owner_identity)/,
    '',
  );
  return scoped === '' ? short : scoped;
}

function readme(): string {
  return readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
}

/** Every path that answers a GET, of the controllers that play the provider. */
function readRoutes(): string[] {
  const ours = /^(Admin|ConnectionsAdmin|Faults|Home|Settings|Webauth|Webhooks?Admin|Webview)/;
  const controllers = (PowensSandboxModule.forRoot().controllers ?? []) as {
    name: string;
    prototype: object;
  }[];
  return controllers
    .filter(({ name }) => !ours.test(name))
    .flatMap((controller) =>
      Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
        const handler = (controller.prototype as Record<string, unknown>)[name] as object;
        return Reflect.getMetadata('method', handler) === RequestMethod.GET
          ? pathsOf(controller).flatMap((base) => pathsOf(handler).map((path) => joined(base, path)))
          : [];
      }),
    );
}

function pathsOf(decorated: object): string[] {
  const path = Reflect.getMetadata('path', decorated) as string | string[];
  return Array.isArray(path) ? path : [path];
}

function joined(base: string, path: string): string {
  return `${base}/${path}`.replace(/\/+/g, '/').replace(/^\/|\/$/g, '');
}
