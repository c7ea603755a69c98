import { ConnectionsService, TokenImportService } from 'nestjs-powens-connections';
import { expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { createTestDatabase } from '../../helpers/database.js';
import { startFlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';

it('should deliver the events of imported connections right after the commit [RL-28]', async () => {
  const old = await startFlowApp();
  await connectedOwner(old, 'anna');
  const token = await old.app.get(ConnectionsService).withToken('anna', (kept) => kept.use((clear) => clear));
  registerSecret('access token', token);
  const database = await createTestDatabase();
  const app = await startFlowApp({
    like: { ...old, database },
    options: { outbox: { pollIntervalMs: 60_000 } },
  });
  try {
    await app.app.get(TokenImportService).import([{ owner: 'anna', token }], { emitEvents: true });
    const committed = performance.now();
    await until(() => app.events.length === 1);
    const delayMs = performance.now() - committed;
    // Without being woken, the relay would have delivered it with its next poll, a minute later.
    expect(delayMs).toBeLessThan(30_000);
  } finally {
    await app.stop();
    await database.drop();
    await old.close();
  }
});
