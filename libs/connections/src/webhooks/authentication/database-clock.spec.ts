import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionsDatabase } from '../../database/connections-database.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import { DatabaseClock } from './database-clock.js';

const MINUTE = 60_000;

describe(DatabaseClock.name, () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('should follow the clock of the database once a minute, and keep the last offset while it is away [N29]', async () => {
    let offsetMs = 0;
    const query = vi.fn(async () => Promise.resolve([{ now_ms: String(Date.now() + offsetMs) }]));
    const database = { query } as unknown as ConnectionsDatabase;
    const clock = new DatabaseClock(database, loggerOf('ConnectionsWebhooks', { instance: 'default' }));
    const offset = (): number => clock.nowMs() - Date.now();

    await clock.start();
    expect(offset()).toBe(0);
    offsetMs = 10 * MINUTE;
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(offset()).toBe(10 * MINUTE);
    query.mockRejectedValue(new Error('away'));
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(offset()).toBe(10 * MINUTE);
    clock.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
