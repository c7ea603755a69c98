import { Fields } from '../../http/fields.js';
import { withoutVersion } from '../../http/sandbox-request.js';
import type { WebviewFilters, WebviewFlow } from '../../store/webview-session.record.js';
import { DEFAULT_CLIENT } from '../../sandbox.credentials.js';
import { refusal } from './webview-refusal.js';

/** The languages of the provider's webview. */
export const WEBVIEW_LANGS = ['en', 'fr', 'de', 'nl', 'pt', 'it', 'es'] as const;

/** The flows of the provider's webview; the sandbox has no payments. */
export const WEBVIEW_FLOWS = ['connect', 'reconnect', 'manage', 'payment'] as const;

/** A webview that narrows nothing down. */
export const NO_FILTERS: WebviewFilters = {
  ids: [],
  uuids: [],
  capabilities: [],
  country: null,
  accountTypes: [],
  accountUsages: [],
  accountIbans: [],
  prefilled: {},
};

/** A webview URL, read. */
export interface WebviewUrl {
  flow: WebviewFlow;
  lang: string;
  domain: string;
  clientId: string;
  redirectUri: string | null;
  rawState: string | null;
  code: string | null;
  connectionId: number | null;
  maxConnections: number | null;
  resetCredentials: boolean;
  filters: WebviewFilters;
}

const FIELD = /^([0-9a-f-]{36})\.(\w+)$/i;

/**
 * Reads a webview URL: path (with or without language, current or legacy) and query. Only the path and the query count,
 * so that a URL made for the real host can be read too.
 *
 * @see protocol notes, section 3.1 and 3.2
 */
export function readWebviewUrl(url: string): WebviewUrl {
  const [path, search] = splitOnce(url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/#.*$/s, ''), '?');
  const { lang, flow } = readPath(path);
  const query = new Fields(Object.fromEntries([...new URLSearchParams(search)].reverse()));
  const redirectUri = query.text('redirect_uri') ?? null;
  if (redirectUri === null && flow !== 'manage') {
    throw refusal('missingParameter', "Missing parameter 'redirect_uri'");
  }
  return {
    flow,
    lang,
    domain: shortDomain(query.text('domain') ?? domainOfHost(url, path) ?? query.required('domain')),
    clientId: query.required('client_id'),
    redirectUri,
    rawState: rawParameter(search, 'state'),
    code: query.text('code') ?? null,
    connectionId: query.integer('connection_id') ?? null,
    maxConnections: query.integer('max_connections') ?? null,
    resetCredentials: query.flag('reset_credentials') ?? false,
    filters: readFilters(query, search),
  };
}

function readPath(path: string): { lang: string; flow: WebviewFlow } {
  const parts = withoutVersion(path)
    .replace(/^\/auth\/webview(?=\/)/, '')
    .split('/')
    .filter((part) => part !== '');
  const lang = WEBVIEW_LANGS.find((one) => one === parts[0]);
  const flow = lang === undefined ? parts[0] : parts[1];
  if (flow === 'connect' || flow === 'reconnect' || flow === 'manage') {
    return { lang: lang ?? 'en', flow };
  }
  throw refusal('notFound', 'This webview flow does not exist in the sandbox', 404);
}

/** The legacy path is on the host of the API, which names the domain; on this machine it is the default one. */
function domainOfHost(url: string, path: string): string | undefined {
  if (!withoutVersion(path).startsWith('/auth/webview/')) {
    return undefined;
  }
  const host = /^[a-z]+:\/\/([^/?#:]+)/i.exec(url)?.[1] ?? '';
  return host.endsWith('.biapi.pro') ? host : DEFAULT_CLIENT.domain;
}

/** Short name, host, or full root: all three are seen in the field. */
function shortDomain(domain: string): string {
  return domain
    .replace(/^https?:\/\//i, '')
    .replace(/[/:].*$/s, '')
    .replace(/\.biapi\.pro$/i, '')
    .toLowerCase();
}

function readFilters(query: Fields, search: string): WebviewFilters {
  const prefilled = [...new URLSearchParams(search)].flatMap(([name, value]) => {
    const field = FIELD.exec(name);
    return field === null ? [] : [[`${field[1]?.toLowerCase()}.${field[2]}`, value] as const];
  });
  return {
    ids: query.list('connector_ids').map(Number),
    uuids: query.list('connector_uuids').map((uuid) => uuid.toLowerCase()),
    capabilities: query.list('connector_capabilities'),
    country: query.text('connector_country') ?? null,
    accountTypes: query.list('account_types'),
    accountUsages: query.list('account_usages').map((usage) => usage.toUpperCase()),
    accountIbans: query.list('account_ibans').map((iban) => iban.replace(/\s/g, '').toUpperCase()),
    prefilled: Object.fromEntries(prefilled),
  };
}

/** A parameter exactly as it stands in the query, still encoded. */
export function rawParameter(search: string, name: string): string | null {
  const pair = search.split('&').find((one) => one === name || one.startsWith(`${name}=`));
  return pair === undefined ? null : pair.slice(name.length + 1);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
