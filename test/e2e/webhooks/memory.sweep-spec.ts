import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChildHost, type ChildHost } from '../../helpers/child/child-host.js';
import { usageOf } from '../../helpers/child/usage.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected, type Connected } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { hmacWebhooks, inboxEmpty, powensUserOf, push, syncedBody } from '../../helpers/webhooks/pushed.js';

const SYNCED = '/connections/webhooks/connection-synced';
const MIB = 1024 * 1024;
/** What a first synchronisation may cost the process that receives it, in megabytes. */
const MAX_MB = 100;

describe('a first synchronisation of 20 MB', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;
  let child: ChildHost;
  let owner: Connected;
  let serial = 900_000;

  beforeAll(async () => {
    app = await startFlowApp({ options: { ...options, outbox: { relay: false }, webhooks: quiet() } });
    owner = await connected(app, 'large');
    child = await startChildHost(app, null, options);
  });

  afterAll(async () => {
    await child.stop('SIGTERM');
    await app.close();
  });

  /** This process only stores nothing and processes nothing: the child is what is measured. */
  function quiet(): NonNullable<typeof options.webhooks> {
    return { ...options.webhooks, processing: false } as NonNullable<typeof options.webhooks>;
  }

  async function deliver(minute: number, transactions: number): Promise<number> {
    const ids = { ...owner.connection, powensUserId: await powensUserOf(app, owner) };
    const accounts = [
      { id: 5301, name: 'Compte chèques', transactions: Array.from({ length: transactions }, transaction) },
    ];
    const lastUpdate = `2027-03-14 10:${minute}:00`;
    const body = syncedBody(ids, { lastUpdate, webhookDataId: (serial += 1), accounts });
    const bytes = Buffer.from(JSON.stringify(body));
    expect((await push(child.url, SYNCED, null, { secret, bytes })).status).toBe(204);
    await inboxEmpty(app);
    return bytes.length;
  }

  it('should be taken, kept and processed with less than 100 MB more memory [WH-05, I7]', async () => {
    // What any process needs to get going is not what a large webhook costs.
    for (let minute = 10; minute < 15; minute += 1) await deliver(minute, 500);
    const before = usageOf(child.pid);

    const bytes = await deliver(20, 72_000);
    const { peakMb } = usageOf(child.pid);
    const costMb = peakMb - before.rssMb;
    process.stdout.write(
      `${(bytes / MIB).toFixed(1)} MiB: ${before.rssMb.toFixed(0)} MB before, ${peakMb.toFixed(0)} MB at most\n`,
    );
    expect(bytes).toBeGreaterThan(19 * MIB);
    expect(bytes).toBeLessThan(20 * MIB);
    expect(costMb).toBeLessThan(MAX_MB);

    const [kept] = await sql<{ status: string; encoding: string; bytes: number }>(
      app,
      'SELECT status, encoding, length(body) AS bytes FROM powens_inbox ORDER BY position DESC LIMIT 1',
    );
    expect(kept).toMatchObject({ status: 'processed', encoding: 'gzip' });
    expect(kept?.bytes).toBeLessThan(bytes);
    await until(() => child.events.filter(({ type }) => type === 'connection.synced').length === 6);
  });
});

function transaction(_: unknown, index: number): object {
  return {
    id: 980_000 + index,
    id_account: 5301,
    date: '2026-03-13',
    rdate: '2026-03-12',
    value: -(index % 9000) / 100,
    type: 'card',
    original_wording: `CB BOULANGERIE ${randomUUID()}`,
    wording: 'BOULANGERIE',
    coming: false,
    active: true,
    deleted: null,
    last_update: '2026-03-14 10:27:38',
  };
}
