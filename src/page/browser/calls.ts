/** Calls a route of the demo. The browser keeps and sends the session cookie by itself. */
export async function send(method: 'POST' | 'DELETE', path: string, body?: object): Promise<Response> {
  return fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
}

/** Why a call did not succeed, in words; null when it did. */
export async function reasonOf(call: Promise<Response>): Promise<string | null> {
  const response = await call.catch(() => null);
  if (response === null) {
    return 'The application does not answer.';
  }
  if (response.ok) {
    return null;
  }
  const problem: unknown = await response.json().catch(() => null);
  const { detail } = (problem ?? {}) as { detail?: unknown };
  return typeof detail === 'string' ? detail : `The application answers ${response.status}.`;
}
