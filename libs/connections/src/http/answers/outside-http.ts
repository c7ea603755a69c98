import type { ArgumentsHost, Logger } from '@nestjs/common';

/** A client of a gateway: of Socket.IO, or a plain WebSocket, whose `emit` sends nothing. */
interface GatewayClient {
  readonly readyState?: unknown;
  emit?(event: string, payload: object): unknown;
  send?(text: string): unknown;
}

/** Whether a handler answers an HTTP request. Packages that call handlers by themselves often say `http` of whatever they pass. */
export function isHttp(host: ArgumentsHost): boolean {
  return host.getType() === 'http' && hasHeaders(host.switchToHttp().getResponse<unknown>());
}

/** Both adapters' responses, and Node's own. */
function hasHeaders(response: unknown): boolean {
  const raw = isObject(response) && isObject(response['raw']) ? response['raw'] : response;
  return isObject(raw) && typeof raw['setHeader'] === 'function';
}

/**
 * Does with an error what Nest does where an application has no filter. Nest takes its own answer when a filter returns nothing, but
 * not in a gateway; what a filter throws in a gateway or microservice ends the process.
 */
export function answerOutsideHttp(error: unknown, host: ArgumentsHost, logger: Logger): void {
  if (host.getType() !== 'ws') {
    return;
  }
  const ws = host.switchToWs();
  const own = ownAnswerOf(error);
  if (own === undefined) {
    logger.error('A message failed', error instanceof Error ? error.stack : String(error));
  }
  const message = own ?? 'Internal server error';
  const cause = { pattern: ws.getPattern(), data: ws.getData<unknown>() };
  emit(
    ws.getClient<GatewayClient | undefined>(),
    isObject(message) ? message : { status: 'error', message, cause },
  );
}

/** What the application's own `WsException` says. The class is of a package that most applications lack. */
function ownAnswerOf(error: unknown): unknown {
  return error instanceof Error ? (error as { getError?(): unknown }).getError?.() : undefined;
}

function emit(client: GatewayClient | undefined, payload: object): void {
  if (typeof client?.readyState === 'number') {
    client.send?.(JSON.stringify({ event: 'exception', data: payload }));
  } else {
    client?.emit?.('exception', payload);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
