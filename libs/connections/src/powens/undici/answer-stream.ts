import { Readable } from 'node:stream';
import { AxiosError } from 'axios';
import type { HttpDispatchController } from '../../options/http-dispatcher.interface.js';
import type { TransportPhase } from './transport.error.js';

/**
 * What an answer is streamed with.
 *
 * @internal
 */
export interface AnswerStreamOptions {
  readonly controller: HttpDispatchController;
  /** The most bytes. */
  readonly limit: number;
  /** Milliseconds without a byte, be it that the peer sends none or that the reader takes none. */
  readonly idleMs: number;
  /** Makes the error that the stream ends with. */
  readonly failure: (phase: TransportPhase, message: string, code: string) => Error;
}

/**
 * The bytes of an answer as they arrive: bounded, and no faster than they are read.
 *
 * @internal
 */
export class AnswerStream extends Readable {
  #size = 0;
  #isOver = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(private readonly options: AnswerStreamOptions) {
    super();
    // Without a listener, Node ends the process when an answer fails before its reader begins. A later reader gets the same error.
    this.on('error', () => undefined);
    this.#wait();
  }

  receive(chunk: Uint8Array): void {
    const { limit, controller } = this.options;
    this.#size += chunk.length;
    if (this.#size > limit) {
      this.fail('refused', 'an answer that is too large was refused', AxiosError.ERR_BAD_RESPONSE);
      return;
    }
    this.#wait();
    if (!this.push(chunk)) {
      controller.pause?.();
    }
  }

  complete(): void {
    this.#isOver = true;
    clearTimeout(this.#idle);
    this.push(null);
  }

  fail(phase: TransportPhase, message: string, code: string): void {
    this.destroy(this.options.failure(phase, message, code));
  }

  override _read(): void {
    if (!this.#isOver) {
      this.#wait();
      this.options.controller.resume?.();
    }
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#idle);
    if (!this.#isOver) {
      this.#isOver = true;
      // Closes the connection: what is left of this answer must not become the next one's.
      this.options.controller.abort(error ?? new Error('closed by its reader'));
    }
    done(error);
  }

  #wait(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.fail('sent', 'no byte in time', AxiosError.ETIMEDOUT);
    }, this.options.idleMs);
  }
}
