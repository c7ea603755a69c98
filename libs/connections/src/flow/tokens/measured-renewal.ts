import { renewalDuration } from '../../telemetry/metrics.js';
import { timed } from '../../telemetry/outcome.js';
import { inSpan } from '../../telemetry/spans.js';

/** Runs the renewal of a token in a span, and measures it. */
export async function measuredRenewal<T>(
  initiator: 'application' | 'background',
  renew: () => Promise<T>,
): Promise<T> {
  return timed(
    async () => inSpan('powens.token.renew', renew),
    (startMs, outcome) => {
      renewalDuration.recordSince(startMs, initiator, outcome);
    },
  );
}
