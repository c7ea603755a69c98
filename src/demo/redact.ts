/** Parameters that may be shown: all others are hidden, so that a new secret is not shown by default. */
const SHOWN: ReadonlySet<string> = new Set(['connection_id', 'connection_ids', 'error', 'attempt']);

const HIDDEN = '…';

/** Writes a URL as path and query, without codes, states and other private values. */
export function redactUrl(url: URL): string {
  const parameters = [...url.searchParams].map(
    ([name, value]) => `${name}=${SHOWN.has(name) ? value : HIDDEN}`,
  );
  return parameters.length === 0 ? url.pathname : `${url.pathname}?${parameters.join('&')}`;
}
