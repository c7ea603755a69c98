import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { SessionPool } from './session-pool.js';

describe(SessionPool.name, () => {
  it('should name a time in whole milliseconds when no session is free [H16]', async () => {
    const driver = { obtainMasterConnection: async () => new Promise(() => undefined) };
    const pool = new SessionPool({ driver } as unknown as DataSource, 60_000, new Logger());
    await expect(pool.take(20.000228999999)).rejects.toThrow('No database session was free within 21 ms.');
  });
});
