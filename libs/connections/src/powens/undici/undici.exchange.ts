import { AxiosError, type AxiosResponse, CanceledError, type InternalAxiosRequestConfig } from 'axios';
import type { HttpDispatchController, HttpDispatchHandler } from '../../options/http-dispatcher.interface.js';
import { AnswerStream } from './answer-stream.js';
import { AnswerText } from './answer-text.js';
import type { UndiciRequestConfig } from './undici.request.config.js';
import { isMalformed, TransportError, type TransportPhase } from './transport.error.js';

/** The most bytes of a refusal where a stream was asked for. */
const REFUSAL_BYTES = 64 * 1024;

type Answer = Pick<AxiosResponse, 'status' | 'statusText'> & {
  readonly headers: Parameters<HttpDispatchHandler['onResponseStart']>[2];
};

/**
 * One request and its answer. Settles exactly once, and leaves no timer and no listener behind.
 *
 * @internal
 */
export class UndiciExchange implements HttpDispatchHandler {
  readonly #limit: number;
  readonly #deadline: NodeJS.Timeout;
  /** Set once the request is about to be written. Decides whether a code exchange may be tried again. */
  #controller: HttpDispatchController | null = null;
  #answer: (Answer & { readonly text: AnswerText }) | null = null;
  #settled = false;
  #stream: AnswerStream | null = null;

  constructor(
    private readonly config: InternalAxiosRequestConfig & UndiciRequestConfig,
    private readonly timeoutMs: number,
    private readonly resolve: (response: AxiosResponse<string | AnswerStream>) => void,
    private readonly reject: (reason: AxiosError) => void,
  ) {
    const limit = config.maxContentLength ?? -1;
    this.#limit = limit < 0 ? Infinity : limit;
    this.#deadline = setTimeout(this.#onDeadline, timeoutMs);
    config.signal?.addEventListener?.('abort', this.#onCancel);
    config.cancelToken?.subscribe(this.#onCancel);
  }

  onRequestStart(controller: HttpDispatchController): void {
    this.#controller = controller;
    if (this.#settled) {
      // Given up while it waited for a connection, and reported as unsent: so it must not leave now.
      controller.abort(new Error('given up'));
    }
  }

  onResponseStart(
    controller: HttpDispatchController,
    status: number,
    headers: Answer['headers'],
    statusText = '',
  ): void {
    const { 'content-encoding': encoding, 'content-length': length } = headers;
    if (status < 200) {
      return;
    }
    if (encoding !== undefined && encoding !== 'identity') {
      this.#refuse('a compressed answer');
    } else if (length !== undefined && Number(length) > this.#limit) {
      this.#refuse('an answer that is too large');
    } else if (this.config.responseType === 'stream' && status < 300) {
      this.#openStream(controller, { status, statusText, headers });
    } else {
      const limit = this.config.responseType === 'stream' ? REFUSAL_BYTES : Infinity;
      this.#answer = { status, statusText, headers, text: new AnswerText(Math.min(this.#limit, limit)) };
    }
  }

  onResponseData(_: HttpDispatchController, chunk: Uint8Array): void {
    this.#stream?.receive(chunk);
    if (this.#answer?.text.receive(chunk) === false) {
      this.#refuse('an answer that is too large');
    }
  }

  onResponseEnd(): void {
    this.#stream?.complete();
    if (this.#settled || this.#answer === null) {
      return;
    }
    this.#settle();
    const { text, ...head } = this.#answer;
    this.resolve({ ...head, data: text.complete(), config: this.config });
  }

  onResponseError(_: unknown, error: NodeJS.ErrnoException): void {
    const phase = isMalformed(error) ? 'refused' : this.#reached();
    this.#stream?.fail(phase, error.message, error.code ?? AxiosError.ERR_NETWORK);
    this.#fail(phase, error.message, error.code);
  }

  readonly #onDeadline = (): void => {
    this.#fail(this.#reached(), 'no whole answer in time', AxiosError.ETIMEDOUT);
  };

  readonly #onCancel = (): void => {
    this.#give(new CanceledError(undefined, this.config));
  };

  /** The answer is here as soon as its headers are; its bytes follow. */
  #openStream(controller: HttpDispatchController, answer: Answer): void {
    this.#settle();
    const { config, timeoutMs: idleMs } = this;
    this.#stream = new AnswerStream({
      controller,
      idleMs,
      limit: this.#limit,
      failure: (phase, message, code) => {
        const error = new TransportError(phase, message, code, config);
        return config.streamFailure?.(error) ?? error;
      },
    });
    this.resolve({ ...answer, data: this.#stream, config });
  }

  #reached(): TransportPhase {
    return this.#controller === null ? 'unsent' : 'sent';
  }

  #refuse(what: string): void {
    this.#fail('refused', `${what} was refused`, AxiosError.ERR_BAD_RESPONSE);
  }

  #fail(phase: TransportPhase, message: string, code: string = AxiosError.ERR_NETWORK): void {
    this.#give(new TransportError(phase, message, code, this.config));
  }

  #give(error: AxiosError): void {
    if (this.#settled) {
      return;
    }
    this.#settle();
    this.#answer = null;
    // Closes the connection: what is left of this answer must not become the next one's.
    this.#controller?.abort(error);
    this.reject(error);
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#deadline);
    this.config.signal?.removeEventListener?.('abort', this.#onCancel);
    this.config.cancelToken?.unsubscribe(this.#onCancel);
  }
}
