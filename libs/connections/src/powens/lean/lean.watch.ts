import type { InternalAxiosRequestConfig } from 'axios';

/**
 * Sets the one timer of a request, over everything from the wait for a socket to the last byte, and listens to whoever
 * may cancel it.
 *
 * @returns undoes all of it
 * @see RL-14
 * @internal
 */
export function watch(
  config: InternalAxiosRequestConfig,
  defaultTimeoutMs: number,
  onDeadline: () => void,
  onCancel: () => void,
): () => void {
  const { signal, cancelToken, timeout } = config;
  // axios' 0 means no limit; nothing here waits for ever.
  const timer = setTimeout(onDeadline, timeout === undefined || timeout <= 0 ? defaultTimeoutMs : timeout);
  signal?.addEventListener?.('abort', onCancel);
  cancelToken?.subscribe(onCancel);
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener?.('abort', onCancel);
    cancelToken?.unsubscribe(onCancel);
  };
}
