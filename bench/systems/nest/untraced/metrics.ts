/** Stands in for `telemetry/metrics`. */
const nothing = {
  add: (): void => undefined,
  record: (): void => undefined,
  recordSince: (): void => undefined,
};

export const attemptsStarted = nothing;
export const attemptDuration = nothing;
export const exchangeDuration = nothing;
export const apiCallDuration = nothing;
export const webhooksReceived = nothing;
export const webhooksRefused = nothing;
export const webhookProcessDuration = nothing;
export const deliveryDuration = nothing;
export const tokenOpens = nothing;
export const renewalDuration = nothing;
export const reconciliationDuration = nothing;
export const reconciledConnections = nothing;

export const outcomeOf = (): string => 'ok';

export const timed = <T>(work: () => Promise<T>): Promise<T> => work();

export const Counted = () => (): void => undefined;
