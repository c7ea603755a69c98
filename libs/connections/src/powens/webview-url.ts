import { ConnectionsError } from '../errors/connections.error.js';
import type { ConnectWebview, ManageWebview, ReconnectWebview, WebviewInput } from './webview-input.js';

type Parameter = readonly [name: string, value: string | undefined];

// Parameters that extras must not replace: they decide to whom the connection belongs, and where the code is sent.
const OURS = new Set(['domain', 'client_id', 'redirect_uri', 'code', 'state']);

/**
 * Builds the URL that opens the webview. It holds a code: redirect to it, and keep it out of logs (OA-31).
 *
 * @param root - `https://webview.powens.com`
 * @see https://docs.powens.com/api-reference/overview/webview
 * @internal
 */
export function buildWebviewUrl(root: string, input: WebviewInput): string {
  if (!/^[a-z]{2}$/.test(input.lang)) {
    throw new ConnectionsError('invalid_request', 'The language of the webview is two lower-case letters.');
  }
  const typed = [...parametersOfAll(input), ...parametersOfFlow(input)].filter(isGiven);
  const taken = new Set([...OURS, ...typed.map(([name]) => name)]);
  const extras = Object.entries(input.extras ?? {}).filter(([name]) => !taken.has(name));
  const query = [...typed, ...extras].map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return `${root.replace(/\/+$/, '')}/${input.lang}/${input.flow}?${query}`;
}

/**
 * The host of a Powens domain given as short name, host or URL.
 *
 * @internal
 */
export function domainHost(domain: string): string {
  const host = domain.replace(/^[a-z]+:\/\//i, '').replace(/[/?#].*$/s, '');
  return host.includes('.') ? host : `${host}.biapi.pro`;
}

function parametersOfAll(input: WebviewInput): Parameter[] {
  return [
    ['domain', domainHost(input.domain)],
    ['client_id', input.clientId],
    ['redirect_uri', input.redirectUri],
    ['code', input.code?.use((code) => code)],
    ['state', input.state],
  ];
}

function parametersOfFlow(input: WebviewInput): Parameter[] {
  switch (input.flow) {
    case 'connect':
      return [...parametersOfPicker(input), ...parametersOfConnect(input)];
    case 'reconnect':
      return parametersOfReconnect(input);
    case 'manage':
      return [['connection_id', input.connectionId], ...parametersOfPicker(input)];
  }
}

function parametersOfPicker(input: ConnectWebview | ManageWebview): Parameter[] {
  return [
    ['connector_uuids', list(input.connectorUuids)],
    ['connector_capabilities', list(input.capabilities)],
    ['account_types', list(input.accountTypes)],
    ['account_usages', list(input.accountUsages)],
    ['connector_country', input.country],
    ...fieldParameters(input.connectorFields ?? {}),
  ];
}

function parametersOfConnect(input: ConnectWebview): Parameter[] {
  return [
    ['connector_ids', list(input.connectorIds)],
    ['account_ibans', list(input.accountIbans)],
    ['max_connections', input.maxConnections?.toString()],
  ];
}

function parametersOfReconnect(input: ReconnectWebview): Parameter[] {
  return [
    ['connection_id', input.connectionId],
    ['reset_credentials', input.resetCredentials === true ? 'true' : undefined],
    ['connection_sources', list(input.connectionSources)],
  ];
}

function fieldParameters(connectors: NonNullable<ConnectWebview['connectorFields']>): Parameter[] {
  return Object.entries(connectors).flatMap(([uuid, fields]) =>
    Object.entries(fields).map(([field, value]) => [`${uuid}.${field}`, value] as const),
  );
}

function list(values: readonly string[] | undefined): string | undefined {
  return values === undefined || values.length === 0 ? undefined : values.join(',');
}

function isGiven(parameter: Parameter): parameter is readonly [string, string] {
  return parameter[1] !== undefined;
}

// Not `URLSearchParams`: it writes a space as `+`, which a reader may take for a plus, and codes hold real ones.
function encode(text: string): string {
  // Half a surrogate pair is no text, and would throw.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}
