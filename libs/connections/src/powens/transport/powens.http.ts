import { Readable } from 'node:stream';
import type { Logger } from '@nestjs/common';
import type { AxiosInstance, AxiosResponse } from 'axios';
import type { ConnectionsError } from '../../errors/connections.error.js';
import { PowensApiError } from '../../errors/powens-api.error.js';
import { MAX_QUEUE_WAIT_MS } from '../../options/resolve/call-time.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { templateOf } from '../../telemetry/api-operation.js';
import { apiCallDuration } from '../../telemetry/metrics.js';
import { timed } from '../../telemetry/outcome.js';
import { inHttpSpan } from '../../telemetry/spans.js';
import { annotate } from '../../telemetry/span-attributes.js';
import { UnexpectedShapeError } from '../wire-values.js';
import { Bulkhead } from './bulkhead.js';
import { type BreakerStates, CircuitBreakers } from './breaker/circuit-breakers.js';
import { CircuitOpenError } from './breaker/circuit-open.error.js';
import { logged } from './call-log.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { header, scrubber } from './error-body.js';
import { parseExactJson } from '../../values/json/exact-json.js';
import { nameOf, type PowensCall } from './powens-call.js';
import { invalidAnswer, isOutage, transportFailure } from './powens-failures.js';
import { PowensSender } from './powens-sender.js';
import { isDoubtful, pauseBeforeNextTry, withDoubt } from './retry.js';

const QUEUE_LENGTH = 500;

/** Calls of this process: open and waiting ones, and the seconds left of the last pause that Powens asked for. */
export interface PowensLoad {
  readonly callsActive: number;
  readonly callsWaiting: number;
  readonly pause: number;
  /** Of the circuit breakers; null when they are switched off. */
  readonly breakers: BreakerStates | null;
}

/**
 * The one place where calls to Powens run: deadline, retries, and every outcome turned into a value or a `PowensApiError`.
 *
 * @see RL-05, RL-06, RL-14, TC-15
 * @internal
 */
export class PowensHttp {
  readonly #sender: PowensSender;
  readonly #host: string;
  readonly #bulkhead: Bulkhead;
  readonly #breakers: CircuitBreakers | null;
  #pausedUntilMs = -Infinity;

  constructor(
    private readonly options: ResolvedOptions['powens'],
    axios: AxiosInstance,
    private readonly log: Logger | null = null,
    private readonly clock: Clock = SYSTEM_CLOCK,
  ) {
    this.#host = new URL(options.apiUrl).hostname;
    this.#sender = new PowensSender(options, axios, clock);
    this.#bulkhead = new Bulkhead(
      options.maxSockets,
      QUEUE_LENGTH,
      Math.min(MAX_QUEUE_WAIT_MS, options.totalTimeoutMs),
    );
    const { circuitBreaker } = options;
    this.#breakers = circuitBreaker === null ? null : new CircuitBreakers(circuitBreaker, isOutage, clock);
  }

  /** What this process has open, and what is left of the last pause that Powens asked for. */
  load(): PowensLoad {
    const leftMs = this.#pausedUntilMs - this.clock.monotonicMs();
    return {
      callsActive: this.#bulkhead.running,
      callsWaiting: this.#bulkhead.waiting,
      pause: Math.max(0, leftMs / 1000),
      breakers: this.#breakers?.states() ?? null,
    };
  }

  /** When a call that begins now must have ended. Several calls that make one operation share it (RL-14). */
  deadline(): number {
    return this.clock.monotonicMs() + this.options.totalTimeoutMs;
  }

  /** Runs a call and reads its answer. Nothing is sent again because its answer cannot be read. */
  async read<T>(call: PowensCall, parse: (body: unknown) => T, deadline = this.deadline()): Promise<T> {
    const answer = await this.#measured(call, deadline);
    try {
      return parse(bodyOf(answer));
    } catch (error) {
      const problem = error instanceof UnexpectedShapeError ? error.message : 'not JSON';
      throw invalidAnswer(nameOf(call), answer.status, problem);
    }
  }

  /** Runs a call whose answer says nothing beyond its status. */
  async send(call: PowensCall): Promise<void> {
    await this.#measured(call, this.deadline());
  }

  /** Runs a call whose answer is a file, and gives it before its bytes came. */
  async open(call: PowensCall): Promise<AxiosResponse<Readable>> {
    const answer = await this.#measured(call, this.deadline());
    if (!isFile(answer)) {
      throw invalidAnswer(nameOf(call), answer.status, 'not a file');
    }
    return answer;
  }

  async #measured(call: PowensCall, deadline: number): Promise<AxiosResponse<unknown>> {
    const template = templateOf(call.operation);
    const operation = `${call.method} ${template}`;
    return timed(
      async () =>
        inHttpSpan({ method: call.method, template, host: this.#host }, async () => {
          const answer = await this.#logged(call, () => this.#run(call, deadline));
          annotate('http.response.status_code', answer.status);
          return answer;
        }),
      (startMs, outcome) => {
        apiCallDuration.recordSince(startMs, operation, outcome);
      },
    );
  }

  #logged(call: PowensCall, run: () => Promise<AxiosResponse<unknown>>): Promise<AxiosResponse<unknown>> {
    if (this.log === null) {
      return run();
    }
    const scrub = scrubber(this.options.clientSecret, call.secrets);
    return logged({ log: this.log, clock: this.clock, scrub }, call, run);
  }

  async #run(call: PowensCall, deadline: number): Promise<AxiosResponse<unknown>> {
    const { monotonicMs, sleep, random } = this.clock;
    let doubt = false;
    for (let tries = 1; ; tries += 1) {
      try {
        this.#breakers?.assertPasses(call);
        return await this.#inBulkhead(() => this.#guarded(call, deadline));
      } catch (thrown) {
        call.signal?.throwIfAborted();
        if (thrown instanceof CircuitOpenError) {
          // Not waited for: the request of the host ends at once.
          throw withDoubt(transportFailure(nameOf(call), thrown), doubt);
        }
        const error = thrown instanceof PowensApiError ? thrown : transportFailure(nameOf(call), thrown);
        this.#notePause(error);
        const pauseMs = pauseBeforeNextTry(call.idempotent, error, tries, random);
        if (pauseMs === null || pauseMs >= deadline - monotonicMs()) {
          throw withDoubt(error, doubt);
        }
        doubt ||= isDoubtful(error);
        await sleep(pauseMs);
      }
    }
  }

  /** A file keeps its place until it was read or given up: it occupies a connection. */
  #inBulkhead(send: () => Promise<AxiosResponse<unknown>>): Promise<AxiosResponse<unknown>> {
    return new Promise((resolve, reject) => {
      const run = async (): Promise<void> => {
        const answer = await send();
        resolve(answer);
        if (isFile(answer) && !answer.data.closed) {
          await new Promise((closed) => answer.data.once('close', closed));
        }
      };
      this.#bulkhead.run(run).catch(reject);
    });
  }

  /** A bulkhead that is full also asks to wait, but no answer of Powens does. */
  #notePause(error: ConnectionsError): void {
    const { retryAfterSeconds } = error;
    if (retryAfterSeconds !== undefined && error instanceof PowensApiError && error.failure.status !== null) {
      this.#pausedUntilMs = this.clock.monotonicMs() + retryAfterSeconds * 1000;
    }
  }

  /**
   * Milliseconds for one try. A call that is not idempotent is never sent with a part of its time: what waiting for a free
   * connection took would be missing, and a code exchange that is cut off is lost (N12). Its time counts from here.
   */
  #budgetMs(call: PowensCall, deadline: number): number {
    return call.idempotent ? deadline - this.clock.monotonicMs() : this.options.totalTimeoutMs;
  }

  /** The breaker is asked again: it may have opened while the call waited. */
  #guarded(call: PowensCall, deadline: number): Promise<AxiosResponse<unknown>> {
    const send = (): Promise<AxiosResponse<unknown>> =>
      this.#sender.try(call, this.#budgetMs(call, deadline));
    return this.#breakers === null ? send() : this.#breakers.run(call, send);
  }
}

function isFile(answer: AxiosResponse<unknown>): answer is AxiosResponse<Readable> {
  return answer.data instanceof Readable;
}

function bodyOf(answer: AxiosResponse<unknown>): unknown {
  const type = header(answer, 'content-type');
  if (typeof answer.data !== 'string' || (typeof type === 'string' && !/[/+]json\b/i.test(type))) {
    throw new SyntaxError('not JSON');
  }
  return parseExactJson(answer.data);
}
