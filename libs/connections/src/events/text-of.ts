/** Describes an error of a handler or publisher for the log, with all causes of one that has several. */
export function textOf(error: unknown): string {
  if (error instanceof AggregateError) {
    return `${error.message}: ${error.errors.map(textOf).join('; ')}`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown fault';
}
