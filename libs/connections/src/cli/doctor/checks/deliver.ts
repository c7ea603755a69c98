import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

const TIMEOUT_MS = 10_000;

/** The outcome of a delivery: the status of the answer, or the code of the network error. */
export type Delivered = { readonly status: number } | { readonly failure: string };

/** A webhook as Powens would send it. */
export interface Delivery {
  readonly url: string;
  readonly body: string;
  readonly signature: string;
  readonly date: string;
}

/** Sends a webhook, as Powens would: nothing is followed, and no private certificate authority is known. */
export async function deliver({ url, body, signature, date }: Delivery): Promise<Delivered> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        agent: false,
        timeout: TIMEOUT_MS,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'nestjs-powens-connections',
          'bi-signature': signature,
          'bi-signature-date': date,
        },
      },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0 });
      },
    );
    outgoing.on('timeout', () =>
      outgoing.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })),
    );
    outgoing.on('error', (error: Error & { code?: string }) => {
      resolve({ failure: error.code ?? error.name });
    });
    outgoing.end(body);
  });
}
