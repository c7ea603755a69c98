import { afterEach, describe, expect, it, vi } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { hmacWebhooks, push } from '../../helpers/webhooks/pushed.js';

const PATH = '/connections/webhooks/connection-deleted';
const TEN_MINUTES = 600_000;

describe('a replica whose clock is off', () => {
  let app: FlowApp;

  afterEach(async () => {
    vi.useRealTimers();
    await app.close();
  });

  it.each([
    ['ten minutes behind', -TEN_MINUTES],
    ['ten minutes ahead', TEN_MINUTES],
  ])('should judge webhooks by the clock of the database when its own is %s [N29, WH-04]', async (_, off) => {
    const truth = Date.now();
    const began = performance.now();
    const at = (ms: number): string => new Date(truth + performance.now() - began + ms).toISOString();
    // Only the date: timers, and the database, go on as they are.
    vi.useFakeTimers({ toFake: ['Date'], now: truth + off });
    const { secret, options } = hmacWebhooks();
    app = await startFlowApp({ options });
    expect((await push(app.url, PATH, { id: 1 }, { secret, date: at(0) })).status).toBe(204);
    expect((await push(app.url, PATH, { id: 2 }, { secret, date: at(-240_000) })).status).toBe(204);
    expect((await push(app.url, PATH, { id: 3 }, { secret, date: at(off) })).status).toBe(401);
    expect((await push(app.url, PATH, { id: 4 }, { secret, date: at(-2 * TEN_MINUTES) })).status).toBe(401);
    expect(app.logger.lines.join('\n')).toMatch(/The clock of this process is (5[5-9]\d|6\d\d) s/);
  });
});
