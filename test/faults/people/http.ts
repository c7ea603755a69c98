import { request, type OutgoingHttpHeaders } from 'node:http';

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly location: string;
  readonly cookies: readonly string[];
  readonly text: string;
}

/** A person gives up on a page that does not come, and reloads it. */
const GIVES_UP_MS = 30_000;

/** One request on a connection of its own: the balancer chooses a replica for each. */
export async function ask(
  url: URL,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject).on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location ?? '',
          cookies: response.headers['set-cookie'] ?? [],
          text: Buffer.concat(parts).toString('utf8'),
        });
      });
    });
    outgoing.setTimeout(GIVES_UP_MS, () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
