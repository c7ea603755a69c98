/**
 * Sends the HTTP requests to Powens: a `Dispatcher` of undici 7 or 8, as `ProxyAgent`, `Agent` or `MockAgent`. Described by
 * its shape, so that the host's own version of undici fits.
 *
 * @see https://undici.nodejs.org/#/docs/api/Dispatcher
 * @public
 */
export interface HttpDispatcher {
  /** Sends one request, and calls the handler as it proceeds. */
  dispatch(options: HttpDispatchOptions, handler: HttpDispatchHandler): boolean;
}

/**
 * A request for an {@link HttpDispatcher}.
 *
 * @public
 */
export interface HttpDispatchOptions {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string | Uint8Array | null;
}

/**
 * Ends a request that an {@link HttpDispatcher} has begun to send.
 *
 * @public
 */
export interface HttpDispatchController {
  abort(reason: Error): void;
  /** Reads no more of the response until {@link HttpDispatchController.resume}. Without it a file is read faster than it is used. */
  pause?(): void;
  resume?(): void;
}

/**
 * Receives the progress and the response of a request.
 *
 * @public
 */
export interface HttpDispatchHandler {
  /** A connection is ready, and the request is about to be written to it. */
  onRequestStart(controller: HttpDispatchController): void;
  onResponseStart(
    controller: HttpDispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    statusText?: string,
  ): void;
  onResponseData(controller: HttpDispatchController, chunk: Uint8Array): void;
  onResponseEnd(): void;
  onResponseError(controller: unknown, error: Error): void;
}
