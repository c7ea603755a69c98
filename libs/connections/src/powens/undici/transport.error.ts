import { AxiosError, type InternalAxiosRequestConfig } from 'axios';

/**
 * How far a request came before it failed. `misuse`: this process refused to send it. `unsent`: no byte of it left.
 * `sent`: some may have left, and there is no whole answer. `refused`: an answer came that is not accepted.
 *
 * @internal
 */
export type TransportPhase = 'misuse' | 'unsent' | 'sent' | 'refused';

/**
 * An `AxiosError` that also knows how far the request came. It holds no error of undici, which may quote the answer; the
 * `config` that axios promises holds headers and body, so it stays inside this folder (TC-15).
 *
 * @internal
 */
export class TransportError extends AxiosError {
  constructor(
    readonly phase: TransportPhase,
    message: string,
    code: string,
    config: InternalAxiosRequestConfig,
  ) {
    super(message, code, config);
    this.name = 'TransportError';
  }
}

/** Whether undici met an answer that is not HTTP. One that ends too early is a cut link instead. */
export function isMalformed({ name, code, message }: NodeJS.ErrnoException): boolean {
  return name === 'HTTPParserError' ? !message.includes('EOF') : code === 'UND_ERR_HEADERS_OVERFLOW';
}
