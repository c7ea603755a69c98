import { UseFilters, type ArgumentsHost, type INestApplication } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { ConnectionsError, ConnectionsExceptionFilter } from 'nestjs-powens-connections';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const CAUSE = new ConnectionsError('rate_limited', 'Too many attempts.', { retryAfterSeconds: 7 });

/** What one class of a hybrid application answers: routes, messages of a broker, fields of a GraphQL schema. */
@UseFilters(ConnectionsExceptionFilter)
class BanksHandler {
  async connect(): Promise<never> {
    await Promise.resolve();
    throw CAUSE;
  }
}

/** As Nest makes it for a message: its arguments are no request and no response. */
function hostOf(type: string, args: readonly unknown[]): ArgumentsHost {
  const at =
    <T>(index: number) =>
    (): T =>
      args.at(index) as T;
  return {
    getType: <T extends string>() => type as T,
    getArgs: <T extends unknown[]>() => args as T,
    getArgByIndex: <T>(index: number) => args[index] as T,
    switchToHttp: () => ({ getRequest: at(0), getResponse: at(1), getNext: at(2) }),
    switchToRpc: () => ({ getData: at(0), getContext: at(1) }),
    switchToWs: () => ({ getClient: at(0), getData: at(1), getPattern: at<string>(2) }),
  };
}

describe('the exception filter, where no HTTP request is answered', () => {
  let app: INestApplication;
  let filter: ConnectionsExceptionFilter;
  let lines: string[];

  beforeEach(async () => {
    lines = [];
    const write = (...line: unknown[]): void => {
      lines.push(line.map(String).join(' '));
    };
    const providers = [BanksHandler, ConnectionsExceptionFilter];
    const built = await Test.createTestingModule({ providers }).compile();
    app = built.createNestApplication(new ExpressAdapter());
    app.useLogger({ log: () => undefined, warn: write, error: write });
    await app.init();
    filter = app.get(ConnectionsExceptionFilter);
  });

  afterEach(async () => {
    await app.close();
  });

  /** Calls a handler as the packages for GraphQL and for brokers do, with the filters of its class. */
  const callOutside = async (type: string, args: readonly unknown[]): Promise<unknown> => {
    const creator = app.get(ExternalContextCreator, { strict: false });
    const none = undefined;
    const handler = app.get(BanksHandler);
    const call = creator.create(handler, handler.connect, 'connect', none, none, none, none, none, type);
    return call(...args);
  };

  it.each([
    ['a GraphQL field', 'graphql', [undefined, {}, { request: {} }, {}]],
    ['a message of a broker', 'rmq', [{ id: 1 }, { fields: {} }]],
    ['a handler whose package names no type', 'http', [{ id: 1 }]],
    ['a handler with other arguments', 'http', ['text', 7]],
  ])('should leave the error of %s to Nest, which rejects with it', async (_handler, type, args) => {
    await expect(callOutside(type, args)).rejects.toBe(CAUSE);
  });

  it('should leave the error of a microservice to Nest, which answers it as an observable', () => {
    // Nest takes its own answer when a filter returns nothing; what a filter throws there ends the process.
    expect(filter.catch(CAUSE, hostOf('rpc', [{ id: 1 }, { getPattern: () => 'banks' }]))).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('should tell a client of Socket.IO that its message failed, as Nest would', () => {
    const emitted: unknown[] = [];
    const client = { emit: (...values: unknown[]) => emitted.push(values) };
    filter.catch(CAUSE, hostOf('ws', [client, { bank: 12 }, 'connect']));
    const message = { status: 'error', message: 'Internal server error' };
    expect(emitted).toEqual([
      ['exception', { ...message, cause: { pattern: 'connect', data: { bank: 12 } } }],
    ]);
    expect(lines.join('\n')).toContain('Too many attempts.');
  });

  it('should tell a client of a plain WebSocket, which has an `emit` that sends nothing', () => {
    const sent: string[] = [];
    const client = {
      readyState: 1,
      emit: () => expect.unreachable(),
      send: (text: string) => sent.push(text),
    };
    filter.catch(new Error('boom'), hostOf('ws', [client, 'hello', 'connect']));
    expect(sent.map((text): unknown => JSON.parse(text))).toEqual([
      {
        event: 'exception',
        data: {
          status: 'error',
          message: 'Internal server error',
          cause: { pattern: 'connect', data: 'hello' },
        },
      },
    ]);
    expect(lines.join('\n')).toContain('boom');
  });

  it("should send what the application's own `WsException` says", () => {
    class WsException extends Error {
      getError(): string {
        return 'You are not signed in.';
      }
    }
    const emitted: unknown[] = [];
    const client = { emit: (_event: string, payload: unknown) => emitted.push(payload) };
    filter.catch(new WsException(), hostOf('ws', [client, {}, 'connect']));
    expect(emitted).toEqual([
      expect.objectContaining({ status: 'error', message: 'You are not signed in.' }),
    ]);
    expect(lines).toEqual([]);
  });
});
