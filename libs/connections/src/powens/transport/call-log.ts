import type { Logger } from '@nestjs/common';
import type { AxiosResponse } from 'axios';
import { PowensApiError } from '../../errors/powens-api.error.js';
import { failureFields } from '../../options/registration/failure-fields.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import type { LogFields } from '../../options/registration/logs-options.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { Clock } from './clock.js';
import { requestIdOf, type Scrub } from './error-body.js';
import { nameOf, type PowensCall } from './powens-call.js';

/**
 * The logger of calls; null at levels that hide it.
 *
 * @internal
 */
export function callLoggerOf(options: Pick<ResolvedOptions, 'instance' | 'logs'>): Logger | null {
  return ['debug', 'verbose'].includes(options.logs.level) ? loggerOf('ConnectionsPowens', options) : null;
}

/**
 * Logs a call at level `debug`, retries included: what it was, how it ended, how long it took, and the id that Powens gave it.
 *
 * @internal
 */
export async function logged(
  { log, clock, scrub }: { readonly log: Logger; readonly clock: Clock; readonly scrub: Scrub },
  call: PowensCall,
  run: () => Promise<AxiosResponse<unknown>>,
): Promise<AxiosResponse<unknown>> {
  const operation = nameOf(call);
  const startMs = clock.monotonicMs();
  const write = (what: (durationMs: number) => string, fields: LogFields): void => {
    const durationMs = Math.round(clock.monotonicMs() - startMs);
    log.debug(what(durationMs), { operation, durationMs, ...fields });
  };
  try {
    const answer = await run();
    const { status } = answer;
    const powensRequestId = requestIdOf(answer, scrub);
    const request = powensRequestId === null ? '' : ` (Powens request ${powensRequestId})`;
    write((ms) => `${operation}: status ${status} after ${ms} ms${request}`, { status, powensRequestId });
    return answer;
  } catch (error) {
    if (error instanceof PowensApiError) {
      write((ms) => `${error.message}, after ${ms} ms`, failureFields(error));
    }
    throw error;
  }
}
