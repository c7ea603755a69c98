import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { AxiosError, type AxiosResponse, CanceledError, type InternalAxiosRequestConfig } from 'axios';
import { LeanAdapterError, type LeanPhase } from './lean-adapter.error.js';
import { leanAnswer, statusError } from './lean.answer.js';
import { isUsable } from './lean.agent.js';
import { leanRequest, type LeanTarget } from './lean.request.js';
import { watch } from './lean.watch.js';

/**
 * One request and its answer. Settles exactly once, and leaves no timer, listener or socket behind.
 *
 * @internal
 */
export class LeanExchange {
  readonly #limit: number;
  #request: ClientRequest | null = null;
  #stopWatching: (() => void) | null = null;
  #chunks: Buffer[] = [];
  #size = 0;
  #settled = false;

  constructor(
    private readonly target: LeanTarget,
    private readonly config: InternalAxiosRequestConfig,
    private readonly resolve: (response: AxiosResponse<unknown>) => void,
    private readonly reject: (reason: AxiosError) => void,
  ) {
    const limit = config.maxContentLength ?? -1;
    this.#limit = limit < 0 ? Infinity : limit;
  }

  start(): void {
    try {
      const { options, body } = leanRequest(this.target, this.config);
      this.#request = http.request(options);
      this.#request
        .on('error', this.#onError)
        .on('response', this.#onResponse)
        .on('upgrade', this.#onUpgrade);
      this.#stopWatching = watch(this.config, this.target.totalTimeoutMs, this.#onDeadline, this.#onCancel);
      this.#request.end(body);
    } catch (error) {
      this.#fail(error instanceof AxiosError ? error : this.#failure('misuse', error as Error));
    }
  }

  readonly #onDeadline = (): void => {
    this.#fail(this.#failure(this.#reached(), new Error('no whole answer in time'), AxiosError.ETIMEDOUT));
  };

  readonly #onCancel = (): void => {
    this.#fail(new CanceledError(undefined, this.config));
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    const malformed = error.code?.startsWith('HPE_') === true && error.code !== 'HPE_INVALID_EOF_STATE';
    this.#fail(this.#failure(malformed ? 'refused' : this.#reached(), error, error.code));
  };

  readonly #onResponse = (response: IncomingMessage): void => {
    const { 'content-encoding': encoding, 'content-length': length } = response.headers;
    if (encoding !== undefined && encoding !== 'identity') {
      this.#refuse('a compressed answer');
    } else if (length !== undefined && Number(length) > this.#limit) {
      this.#refuse('an answer that is too large');
    } else {
      response.on('data', this.#onData).on('error', this.#onError);
      response.on('end', () => this.#onEnd(response));
    }
  };

  // Without a listener node:http drops such an answer without a word.
  readonly #onUpgrade = (_: IncomingMessage, socket: Duplex): void => {
    socket.destroy();
    this.#refuse('a change of protocol');
  };

  readonly #onData = (chunk: Buffer): void => {
    this.#size += chunk.length;
    if (this.#size > this.#limit) {
      this.#refuse('an answer that is too large');
    } else {
      this.#chunks.push(chunk);
    }
  };

  #onEnd(response: IncomingMessage): void {
    if (this.#settled) {
      return;
    }
    this.#cleanUp();
    const answer = leanAnswer(this.config, response, this.#chunks);
    const error = statusError(answer);
    return error === null ? this.resolve(answer) : this.reject(error);
  }

  /** Whether a byte may have left: decides if a code exchange may be tried again. */
  #reached(): LeanPhase {
    return isUsable(this.#request?.socket) ? 'sent' : 'unsent';
  }

  #refuse(what: string): void {
    this.#fail(this.#failure('refused', new Error(`${what} was refused`), AxiosError.ERR_BAD_RESPONSE));
  }

  #failure(phase: LeanPhase, { message }: Error, code: string = AxiosError.ERR_NETWORK): LeanAdapterError {
    return new LeanAdapterError(phase, message, code, this.config);
  }

  #fail(error: AxiosError): void {
    if (this.#settled) {
      return;
    }
    this.#cleanUp();
    this.#chunks = [];
    // Destroyed, never handed back: what is left of this answer must not become the next one's.
    this.#request?.destroy();
    this.reject(error);
  }

  #cleanUp(): void {
    this.#settled = true;
    this.#stopWatching?.();
  }
}
