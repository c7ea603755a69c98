import type { IncomingMessage } from 'node:http';
import { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

/**
 * Makes axios' answer of a whole one of node:http. `request` is left out: its header block is the bearer token.
 *
 * @internal
 */
export function leanAnswer(
  config: InternalAxiosRequestConfig,
  response: IncomingMessage,
  chunks: readonly Buffer[],
): AxiosResponse<unknown> {
  const [first, second] = chunks;
  const bytes = first !== undefined && second === undefined ? first : Buffer.concat(chunks);
  return {
    data: config.responseType === 'arraybuffer' ? bytes : bytes.toString('utf8'),
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    headers: response.headers as AxiosResponse['headers'],
    config,
  };
}

/**
 * The error that axios promises for a status that `validateStatus` does not accept, or null.
 *
 * @internal
 */
export function statusError(answer: AxiosResponse<unknown>): AxiosError | null {
  const { validateStatus } = answer.config;
  if (!validateStatus || validateStatus(answer.status)) {
    return null;
  }
  const code = answer.status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE;
  return new AxiosError(`status ${answer.status}`, code, answer.config, undefined, answer);
}
