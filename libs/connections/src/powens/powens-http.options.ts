import type { HttpModuleOptions } from '@nestjs/axios';
import type { AxiosInstance } from 'axios';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { answerLimit } from './transport/powens-call.js';
import { createUndiciAdapter, type UndiciAdapter } from './undici/undici.adapter.js';

const unchanged = (data: unknown): unknown => data;

/**
 * The options of the `HttpModule` that {@link PowensClient} uses: `HttpModule.registerAsync({ inject: [RESOLVED_OPTIONS],
 * useFactory: powensHttpOptions })`.
 *
 * @see OA-15, RL-14, RL-15, RL-17
 * @internal
 */
export function powensHttpOptions({ powens }: ResolvedOptions): HttpModuleOptions {
  const { connectTimeoutMs, totalTimeoutMs, maxSockets, dispatcher } = powens;
  const { origin } = new URL(powens.apiUrl);
  return {
    adapter: createUndiciAdapter({ origin, connectTimeoutMs, totalTimeoutMs, maxSockets, dispatcher }),
    // Reads set a higher limit, per call.
    maxContentLength: answerLimit('token'),
    // Text in, text out: axios' own `JSON.parse` would round ids (RL-19).
    responseType: 'text',
    transformRequest: [unchanged],
    transformResponse: [unchanged],
    headers: { 'user-agent': 'nestjs-powens-connections' },
    // For `AxiosError.toJSON`, in case an interceptor of the host logs an error.
    redact: ['authorization', 'data'],
  };
}

/**
 * Closes the connections of an axios instance that was made with {@link powensHttpOptions}. Those of a dispatcher of the
 * host stay open.
 *
 * @internal
 */
export async function closeConnections(instance: AxiosInstance): Promise<void> {
  await (instance.defaults.adapter as UndiciAdapter).destroy();
}
