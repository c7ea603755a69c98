import type { HttpService } from '@nestjs/axios';
import axios, { type AxiosInstance } from 'axios';
import { onTestFinished } from 'vitest';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import { AuthorizationCode } from '../../values/secrets/authorization-code.js';
import { verifiedCode } from '../../values/parse-callback.js';
import { closeConnections, powensHttpOptions } from '../powens-http.options.js';
import { PowensClient } from '../powens.client.js';
import { type Clock, SYSTEM_CLOCK } from '../transport/clock.js';
import { PowensHttp } from '../transport/powens.http.js';

type Powens = ResolvedOptions['powens'];

/** Values that must appear in no error, however it is printed. */
export const SECRETS = {
  clientSecret: 'client-secret-not-to-be-printed',
  code: 'code+not/to=be==printed',
  token: 'token+not/to=be==printed',
};

export const TOKEN = AccessToken.of(SECRETS.token);

export const CODE = verifiedCode(AuthorizationCode.of(SECRETS.code));

export const REDIRECT_URI = 'https://app.example.test/connections/callback';

/** Options that point at a stub. A test that wants a deadline to pass says which: the others never do. */
export function optionsFor(origin: string, powens: Partial<Powens> = {}): ResolvedOptions {
  return {
    powens: {
      domain: 'acme-sandbox.biapi.pro',
      clientId: '20000001',
      clientSecret: SECRETS.clientSecret,
      apiUrl: `${origin}/2.0`,
      webviewUrl: 'https://webview.powens.com',
      connectTimeoutMs: 900_000,
      totalTimeoutMs: 900_000,
      maxSockets: 50,
      sendRedirectUri: false,
      dispatcher: null,
      circuitBreaker: null,
      ...powens,
    },
    logs: { level: 'log', format: 'text', logger: null },
  } as ResolvedOptions;
}

/** The client on its real transport, closed when the test ends. */
export function clientFor(origin: string, powens: Partial<Powens> = {}): PowensClient {
  const options = optionsFor(origin, powens);
  const client = new PowensClient(options, {
    axiosRef: axios.create(powensHttpOptions(options)),
  } as HttpService);
  onTestFinished(() => client.onApplicationShutdown());
  return client;
}

/** The transport alone, where time passes at once between two tries. */
export function httpFor(
  origin: string,
  powens: Partial<Powens> = {},
  clock: Partial<Clock> = {},
): { http: PowensHttp; axios: AxiosInstance; pauses: number[] } {
  const options = optionsFor(origin, powens);
  const instance = axios.create(powensHttpOptions(options));
  const pauses: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    pauses.push(ms);
    return Promise.resolve();
  };
  const http = new PowensHttp(options.powens, instance, null, { ...SYSTEM_CLOCK, sleep, ...clock });
  onTestFinished(() => closeConnections(instance));
  return { http, axios: instance, pauses };
}

/** Waits for a promise to be rejected, and hands out the reason. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (reason: unknown) => ({ reason }),
  );
  if ('reason' in outcome) {
    return outcome.reason;
  }
  throw new Error(`expected a rejection, got ${JSON.stringify(outcome.value)}`);
}
