/** A request or response of `node:http`, or as a framework or serializer made it. */
type HttpMessage = Readonly<Record<string, unknown>> & { readonly getHeaders?: () => unknown };

/** Whether a value is a stream, as requests, responses and sockets are. */
export function isStream(value: unknown): boolean {
  const { pipe, writeHead } = Object(value) as { pipe?: unknown; writeHead?: unknown };
  return typeof value === 'object' && (typeof pipe === 'function' || typeof writeHead === 'function');
}

/** What of a request goes into a log. */
export function requestFields(request: object): Record<string, unknown> {
  const { id, method, url, originalUrl, path, headers, query, params, remoteAddress, remotePort } =
    request as HttpMessage;
  const address = originalUrl ?? url ?? path;
  return present({ id, method, url: address, query, params, headers, remoteAddress, remotePort });
}

/** What of a response goes into a log. */
export function responseFields(response: object): Record<string, unknown> {
  const message = response as HttpMessage;
  const { statusCode, headers } = message;
  return present({ statusCode, headers: headers ?? message.getHeaders?.() });
}

/** What of a stream goes into a log: its class, and what a request or response has. */
export function streamFields(stream: object): Record<string, unknown> {
  return { type: stream.constructor.name, ...requestFields(stream), ...responseFields(stream) };
}

function present(shown: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}
