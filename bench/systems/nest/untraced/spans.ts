/** Stands in for `telemetry/spans`. */
type Work<T> = () => Promise<T>;

export const inSpan = <T>(_: string, work: Work<T>): Promise<T> => work();

export const inHttpSpan = <T>(_: object, work: Work<T>): Promise<T> => work();

export const Traced = () => (): void => undefined;

export const annotate = (): void => undefined;

export const annotateMessage = (): void => undefined;

export const traceParent = (): null => null;
