import { AxiosError, type InternalAxiosRequestConfig } from 'axios';

/**
 * How far a request came before it failed. `misuse`: this process refused to send it. `unsent`: no byte of it left.
 * `sent`: some may have left, and there is no whole answer. `refused`: an answer came that is not accepted.
 *
 * @internal
 */
export type LeanPhase = 'misuse' | 'unsent' | 'sent' | 'refused';

/**
 * An `AxiosError` that also knows how far the request came. It never holds the `ClientRequest`, whose header block is
 * the bearer token in the clear; the `config` that axios promises does, so it stays inside this folder (TC-15).
 *
 * @internal
 */
export class LeanAdapterError extends AxiosError {
  constructor(
    readonly phase: LeanPhase,
    message: string,
    code: string,
    config: InternalAxiosRequestConfig,
  ) {
    super(message, code, config);
    this.name = 'LeanAdapterError';
  }
}
