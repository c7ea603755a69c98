import type { HttpModuleOptions } from '@nestjs/axios';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { createLeanAdapter } from './lean/lean.adapter.js';
import { answerLimit } from './transport/powens-call.js';

const asItIs = (data: unknown): unknown => data;

/**
 * The options of the `HttpModule` that {@link PowensClient} uses: `HttpModule.registerAsync({ inject: [RESOLVED_OPTIONS],
 * useFactory: powensHttpOptions })`.
 *
 * Everything that matters for safety is in the adapter already; it is said again for axios, so that another adapter
 * put in its place by a host is still told not to follow redirects, to read no proxy variable and to cut answers.
 *
 * @see OA-15, RL-14, RL-15, RL-17
 * @internal
 */
export function powensHttpOptions({ powens }: ResolvedOptions): HttpModuleOptions {
  const { origin } = new URL(powens.apiUrl);
  const { connectTimeoutMs, totalTimeoutMs, maxSockets } = powens;
  const adapter = createLeanAdapter({ origin, connectTimeoutMs, totalTimeoutMs, maxSockets });
  return {
    adapter,
    ...(origin.startsWith('https:') ? { httpsAgent: adapter.agent } : { httpAgent: adapter.agent }),
    timeout: totalTimeoutMs,
    maxRedirects: 0,
    proxy: false,
    decompress: false,
    // Reads ask for more, one by one.
    maxContentLength: answerLimit('token'),
    // Statuses are judged in one place, `PowensHttp`, and no axios error ever holds an answer.
    validateStatus: () => true,
    // Text in, text out: axios' own `JSON.parse` would round ids (RL-19).
    responseType: 'text',
    transformRequest: [asItIs],
    transformResponse: [asItIs],
    transitional: { forcedJSONParsing: false, silentJSONParsing: false, clarifyTimeoutError: true },
    headers: { 'user-agent': 'nestjs-powens-connections' },
    // Of `AxiosError.toJSON`, should an interceptor of the host log one.
    redact: ['authorization', 'data'],
  };
}
