import type { AxiosInstance, AxiosRequestConfig, AxiosResponse } from 'axios';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { UndiciRequestConfig } from '../undici/undici.request.config.js';
import type { Clock } from './clock.js';
import { scrubber } from './error-body.js';
import { answerLimit, nameOf, type PowensCall } from './powens-call.js';
import { answerFailure, transportFailure } from './powens-failures.js';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Sends one try of a call.
 *
 * @internal
 */
export class PowensSender {
  readonly #root: string;

  constructor(
    private readonly options: ResolvedOptions['powens'],
    private readonly axios: AxiosInstance,
    private readonly clock: Clock,
  ) {
    const { origin, pathname } = new URL(options.apiUrl);
    this.#root = origin + pathname.replace(/\/+$/, '');
  }

  /** @throws PowensApiError for an answer that is no success; what the transport throws */
  async try(call: PowensCall, timeoutMs: number): Promise<AxiosResponse<unknown>> {
    const answer = await this.#request(call, Math.max(1, Math.ceil(timeoutMs)));
    const { status } = answer;
    if (status >= 200 && status < 300) {
      return answer;
    }
    const scrub = scrubber(this.options.clientSecret, call.secrets);
    throw answerFailure(nameOf(call), answer, scrub, this.clock.epochMs());
  }

  #request(call: PowensCall, timeout: number): Promise<AxiosResponse<unknown>> {
    const config: AxiosRequestConfig<string> & Mutable<UndiciRequestConfig> = {
      method: call.method,
      url: this.#root + call.path,
      timeout,
      maxContentLength: answerLimit(call.answer),
      freshConnection: !call.idempotent,
    };
    const headers: Record<string, string> = { accept: 'application/json' };
    if (call.answer === 'file') {
      headers['accept'] = '*/*';
      config.responseType = 'stream';
      if (call.signal !== undefined) config.signal = call.signal;
      config.streamFailure = (error) => transportFailure(nameOf(call), error);
    }
    if (call.body !== undefined) {
      headers['content-type'] = 'application/json';
      config.data = call.body();
    }
    if (call.token === undefined) {
      return this.axios.request({ ...config, headers });
    }
    return call.token.use((token) =>
      this.axios.request({ ...config, headers: { ...headers, authorization: `Bearer ${token}` } }),
    );
  }
}
