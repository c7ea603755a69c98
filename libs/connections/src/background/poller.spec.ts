import type { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectionsError } from '../errors/index.js';
import { Poller } from './poller.js';

const INTERVAL_MS = 60_000;

describe(Poller.name, () => {
  const errors: string[] = [];
  const logger = { error: (line: string) => errors.push(line) } as unknown as Logger;
  let polled: { run: () => Promise<number>; runs: number };
  let poller: Poller;

  beforeEach(() => {
    vi.useFakeTimers();
    errors.length = 0;
    polled = { run: async () => Promise.resolve(INTERVAL_MS), runs: 0 };
    poller = new Poller({
      logger: () => logger,
      failure: 'The queue cannot be read',
      intervalMs: () => INTERVAL_MS,
      run: async () => {
        polled.runs += 1;
        return polled.run();
      },
    });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('should run only once it is started', async () => {
    poller.wake();
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);

    expect(polled.runs).toBe(0);
  });

  it('should run after the start, then after each interval', async () => {
    poller.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(polled.runs).toBe(1);

    await vi.advanceTimersByTimeAsync(2 * INTERVAL_MS);
    expect(polled.runs).toBe(3);
  });

  it('should rest for as long as a run says', async () => {
    polled.run = async () => Promise.resolve(5);
    poller.start();
    await vi.advanceTimersByTimeAsync(12);

    expect(polled.runs).toBe(3);
  });

  it('should run at once when it is woken', async () => {
    poller.start();
    await vi.advanceTimersByTimeAsync(0);
    poller.wake();
    await vi.advanceTimersByTimeAsync(0);

    expect(polled.runs).toBe(2);
  });

  it('should run once more after the run during which it was woken, however often that was', async () => {
    const held = heldRun();
    polled.run = async () => held.promise;
    poller.start();
    await vi.advanceTimersByTimeAsync(0);
    poller.wake();
    poller.wake();
    expect(polled.runs).toBe(1);

    held.resolve(INTERVAL_MS);
    await vi.advanceTimersByTimeAsync(0);
    expect(polled.runs).toBe(2);
  });

  it('should report a run that failed, and try again after the interval', async () => {
    polled.run = async () => Promise.reject(new ConnectionsError('storage_failed', 'No session.'));
    poller.start();
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);

    expect(polled.runs).toBe(2);
    expect(errors[0]).toBe(`The queue cannot be read, next try in ${INTERVAL_MS} ms: No session.`);
  });

  it('should not report the text of an error that is not its own', async () => {
    polled.run = async () => Promise.reject(new Error('password=secret'));
    poller.start();
    await vi.advanceTimersByTimeAsync(0);

    expect(errors.join()).not.toContain('secret');
  });

  it('should wait for the run under way when it stops, and start no other', async () => {
    const held = heldRun();
    polled.run = async () => held.promise;
    poller.start();
    await vi.advanceTimersByTimeAsync(0);
    poller.wake();
    let isStopped = false;
    const stopped = poller.stop().then(() => {
      isStopped = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(isStopped).toBe(false);

    held.resolve(INTERVAL_MS);
    await stopped;
    poller.wake();
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(polled.runs).toBe(1);
  });
});

/** A run that ends when the test says so. */
function heldRun(): { promise: Promise<number>; resolve: (restMs: number) => void } {
  let resolve: (restMs: number) => void = () => undefined;
  const promise = new Promise<number>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
