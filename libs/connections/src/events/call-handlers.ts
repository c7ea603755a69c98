/** A handler that is registered with an emitter. */
type RegisteredHandler = (...values: unknown[]) => unknown;

/**
 * Calls all handlers of an event at the same time, even if one of them fails.
 *
 * @throws AggregateError when at least one failed
 * @internal
 */
export async function callHandlers(
  type: string,
  handlers: readonly RegisteredHandler[],
  ...values: unknown[]
): Promise<void> {
  // Called one by one rather than with `emitAsync`, which settles with the first failure while others still run.
  const results = await Promise.allSettled(handlers.map(async (handler) => handler(...values)));
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }): unknown => reason);
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} of ${handlers.length} handlers of ${type} failed`);
  }
}
