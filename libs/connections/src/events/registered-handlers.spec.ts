import { EventEmitter2 } from '@nestjs/event-emitter';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  callHandlers,
  handlerId,
  handlerName,
  handlerTopic,
  RegisteredHandlers,
} from './registered-handlers.js';

const EVENT = { type: 'connection.created' };
const CREATED = handlerTopic('connection.created');

class Ledger {
  open(): string {
    return 'opened';
  }
}

describe('the id of a handler', () => {
  it('should be the names of its class and method, and a digest of its code', () => {
    const id = handlerId(Ledger.prototype, 'open', Ledger.prototype.open);
    expect(id).toMatch(/^Ledger\.open:[0-9a-f]{8}$/);
    expect(handlerId(Ledger.prototype, 'open', Ledger.prototype.open)).toBe(id);
  });

  it('should be another one for other code under the same names, as a bundler that shortens names may give it', () => {
    const { open } = { open: (): string => 'closed' };
    expect(handlerId(Ledger.prototype, 'open', open)).not.toBe(
      handlerId(Ledger.prototype, 'open', Ledger.prototype.open),
    );
  });
});

describe('the handlers of an event', () => {
  let emitter: EventEmitter2;
  let calls: string[];

  beforeEach(() => {
    emitter = new EventEmitter2();
    calls = [];
  });

  /** Registers a handler that fails as often as `failures` says. */
  const register = (topic: string, id: string, failures = 0): void => {
    let left = failures;
    emitter.on(handlerName(topic, id), () => {
      calls.push(id);
      if ((left -= 1) >= 0) throw new Error(`${id} failed`);
    });
  };
  const call = async (completed: Set<string>): Promise<void> =>
    callHandlers(EVENT, new RegisteredHandlers(emitter).of(new Set([CREATED, handlerTopic('*')])), completed);

  it('should be those of its topics, and not the host’s own', () => {
    register(CREATED, 'A.a:1');
    register(handlerTopic('*'), 'B.b:2');
    register(handlerTopic('connection.deleted'), 'C.c:3');
    register(handlerTopic('connection.created', 'other'), 'D.d:4');
    emitter.on('connection.created', () => undefined);
    expect([...new RegisteredHandlers(emitter).of(new Set([CREATED, handlerTopic('*')])).keys()]).toEqual([
      'A.a:1',
      'B.b:2',
    ]);
  });

  it('should be found whether or not the host has handlers of its own', () => {
    emitter.on('order.created', () => undefined);
    const registered = new RegisteredHandlers(emitter);
    expect(registered.some(null)).toBe(false);
    register(`in-transaction:${CREATED}`, 'A.a:1');
    expect(registered.some(null)).toBe(true);
    expect(registered.some(new Set([CREATED]))).toBe(false);
  });

  it('should all be called, and only those again that failed [RL-26, RL-27]', async () => {
    register(CREATED, 'A.a:1');
    register(CREATED, 'B.b:2', 2);
    register(handlerTopic('*'), 'C.c:3', 1);
    const completed = new Set<string>();
    await expect(call(completed)).rejects.toThrow('2 of 3 handlers of connection.created failed (B.b, C.c)');
    await expect(call(completed)).rejects.toThrow('1 of 2 handlers of connection.created failed (B.b)');
    await call(completed);
    expect(calls).toEqual(['A.a:1', 'B.b:2', 'C.c:3', 'B.b:2', 'C.c:3', 'B.b:2']);
    await call(completed);
    expect(calls).toHaveLength(6);
  });

  it('should be called again together when providers share a class, and one of them failed [RL-27]', async () => {
    register(CREATED, 'A.a:1');
    register(CREATED, 'A.a:1', 1);
    const completed = new Set<string>();
    await expect(call(completed)).rejects.toThrow('1 of 2 handlers');
    expect(completed).toEqual(new Set());
    await call(completed);
    expect([calls.length, completed]).toEqual([4, new Set(['A.a:1'])]);
  });
});
