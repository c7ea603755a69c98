import { RequestMethod } from '@nestjs/common';
import { PowensSandboxModule } from '../../powens-sandbox.module.js';
import { DEFAULT_CLIENT } from '../../sandbox.credentials.js';
import { AUTH_CODE } from '../../wire/auth.wire.js';
import { ACCOUNT_TYPE } from '../../wire/bank/account-type.wire.js';
import { ACCOUNT } from '../../wire/bank/account.wire.js';
import { CURRENCY } from '../../wire/bank/currency.wire.js';
import { OWNERSHIP, OWNER_IDENTITY } from '../../wire/bank/ownership.wire.js';
import { TRANSACTION } from '../../wire/bank/transaction.wire.js';
import {
  AMORTIZATION,
  BALANCE,
  INVESTMENT,
  INVESTMENT_VALUE,
  MARKET_ORDER,
  POCKET,
} from '../../wire/bank/wealth.wire.js';
import { CLIENT } from '../../wire/client.wire.js';
import { CONNECTION, CONNECTION_SOURCE } from '../../wire/connection.wire.js';
import { CONNECTOR, CONNECTOR_FIELD, CONNECTOR_SOURCE, COUNTRY } from '../../wire/connector.wire.js';
import { DOCUMENT, DOCUMENT_TYPE, SUBSCRIPTION } from '../../wire/document.wire.js';
import { PUBLIC_KEY, SIGN_KEY } from '../../wire/key.wire.js';
import { CONNECTION_INFORMATION, PROFILE } from '../../wire/profile.wire.js';
import type { Fields, Resource } from '../../wire/table/field.js';
import { USER } from '../../wire/user.wire.js';
import { AUTH_PROVIDER, WEBHOOK, WEBHOOK_EVENT, WEBHOOK_LOG } from '../../wire/webhook.wire.js';

const EVERY_EXPANSION =
  'expand=connector[fields,sources,countries,urls],sources,accounts,all_accounts,subscriptions,all_subscriptions';

/** Whose token reads. */
export type Who = 'user' | 'config' | 'users';

/** One object: its path, and its resource. */
export interface Item {
  path: string;
  resource: Resource<Fields>;
  who: Who;
}

/** A list: its path, the key of its items, and their resource. Ids in braces are those of the lists read before. */
export const LISTS = (
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
    ['connections/{connections}/sources?all', 'sources', CONNECTION_SOURCE],
    ['accounts?all', 'accounts', ACCOUNT],
    ['transactions?limit=1000&all', 'transactions', TRANSACTION],
    ['account_ownerships', 'account_ownerships', OWNERSHIP],
    ['investments', 'investments', INVESTMENT],
    ['investments/{investments}/history', 'investmentvalues', INVESTMENT_VALUE],
    ['marketorders', 'marketorders', MARKET_ORDER],
    ['pockets', 'pockets', POCKET],
    ['amortizations', 'loanamortizations', AMORTIZATION],
    ['accounts/{accounts}/balances?min_date=2020-01-01', 'balances', BALANCE],
    ['subscriptions?all', 'subscriptions', SUBSCRIPTION],
    ['users/me/profiles', 'profiles', PROFILE],
    ['documents?limit=1000', 'documents', DOCUMENT],
    ['webhooks?all', 'webhooks', WEBHOOK, 'config'],
    ['webhooks/{webhooks}/logs', 'webhooklogs', WEBHOOK_LOG, 'config'],
    ['webhooks/auth', 'authproviders', AUTH_PROVIDER, 'config'],
    ['webhooks_events', 'webhooks_events', WEBHOOK_EVENT, 'config'],
  ] as readonly [string, string, Resource<Fields>, Who?][]
).map(([path, key, resource, who = 'user']) => ({ path, key, resource, who }));

/** Paths of one object. */
export const ITEMS: readonly Item[] = (
  [
    ['users/me', USER],
    ['users/me/profiles/{users}', PROFILE],
    ['users/me/connections/{connections}/informations', CONNECTION_INFORMATION],
    ['auth/token/code', AUTH_CODE],
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
    ['transactions/{transactions}/attachments', TRANSACTION],
    ['investments/{investments}', INVESTMENT],
    ['marketorders/{marketorders}', MARKET_ORDER],
    ['pockets/{pockets}', POCKET],
    ['subscriptions/{subscriptions}', SUBSCRIPTION],
    ['documents/{documents}', DOCUMENT],
    ['webhooks/{webhooks}', WEBHOOK, 'config'],
  ] as readonly [string, Resource<Fields>, Who?][]
).map(([path, resource, who = 'user']) => ({ path, resource, who }));

/** Routes whose answers are no resource: settings, files, and lists that are always empty. */
export const OTHERS = [
  'banks/categories',
  'config',
  'connections/:id/logs',
  'connectors/:name/logos',
  'banks/:name/logos',
  'providers/:name/logos',
  'documents/:id/file',
  'transactions/:id/attachments/:attachment/file',
  'indicators',
  'investments/:id/pockets',
  'transactions/:id/documents',
  'users/:user/config',
];

/** `accounts/{accounts}/balances?min_date=…` and `accounts/:account/balances` are one pattern. */
export function patternOf(path: string): string {
  return path
    .replace(/\?.*$/, '')
    .replace(/\{\w+\}|:\w+/g, '*')
    .replace(/(?<=\/)\d+(?=\/|$)/g, '*')
    .replace('users/me', 'users/*');
}

/** Lists of bank data are reached by many paths: of a user, of a connection, of an account. The last part names them. */
export function lastPart(path: string): string {
  const short = path.replace(
    /^users\/:user\/(?=.)(?!profiles|config|connections\/:connection\/informations)/,
    '',
  );
  const scoped = short.replace(
    /^(connections\/:connection\/|accounts\/:account\/|subscriptions\/:subscription\/)+(?!balances|owner_identity)/,
    '',
  );
  return scoped === '' ? short : scoped;
}

/** Every path that answers a GET, of the controllers that play the provider. */
export function readRoutes(): string[] {
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
