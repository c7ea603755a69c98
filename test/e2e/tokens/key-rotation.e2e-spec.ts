import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConfigurationError,
  ConnectionsService,
  KeyRotationService,
  type RotationProgress,
} from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { postgresCapabilities } from '../../helpers/database.js';
import {
  madeUpKey,
  sealLikeTheDocumentation,
  authenticateLikeTheDocumentation,
} from '../../helpers/envelope.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connectedOwner, sql } from '../../helpers/flow/observe.js';
import { connect } from '../../helpers/flow/person.js';
import { rounds } from '../../helpers/sweeps.js';

const TOKENS = rounds(1000, 10_000);
const READS_PER_SECOND = 20;
/** Rotations of so many tokens are over too soon for 20 reads/s to say much: it is done to and fro. */
const ROUNDS = 2;
const RENEWALS = rounds(8, 50);

/** The keys of a rotation, and the rings of its four stages. */
const [k1, k2] = ['k1', 'k2'].map(madeUpKey) as [string, string];
const RING = { old: k1, added: `${k1},${k2}`, promoted: `${k2},${k1}`, removed: k2 };

describe('key rotation of a running application', () => {
  let first: FlowApp;

  useFlowApp({ options: { keys: RING.added } }, (opened) => {
    first = opened;
  });

  it.skipIf(!postgresCapabilities().concurrent)(
    `should re-encrypt ${TOKENS} tokens under ${READS_PER_SECOND} reads a second without one failed read`,
    async () => {
      const owners = await putTokens(first, TOKENS);
      // Two replicas in the middle of a deployment: one seals with the old key still, the other with the new one.
      const second = await startFlowApp({ like: first, options: { keys: RING.promoted } });
      const progress: RotationProgress[] = [];
      const reading = readers([first, second], owners);
      const seconds: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const app = round % 2 === 0 ? second : first;
        const started = performance.now();
        const report = await app.app
          .get(KeyRotationService)
          .rotate({ onProgress: (step) => progress.push(step) });
        seconds.push((performance.now() - started) / 1000);
        expect(report).toMatchObject({ done: TOKENS, total: TOKENS, unreadable: 0, left: 0 });
      }
      await sleep(500);
      const { reads, failed } = await reading.stop();
      await second.app.get(KeyRotationService).rotate();
      await second.stop();

      expect(failed).toEqual([]);
      expect(reads).toBeGreaterThan(seconds.reduce((sum, value) => sum + value, 0) * READS_PER_SECOND);
      expect(progress.slice(0, TOKENS / 250 + 1).map(({ done }) => done)).toEqual(
        Array.from({ length: TOKENS / 250 + 1 }, (_, index) => index * 250),
      );
      expect(await sql(first, `SELECT 1 FROM powens_user WHERE key_id <> 'k2'`)).toEqual([]);
    },
  );

  it('should boot without the old key once nothing is left on it, and read every token', async () => {
    const app = await startFlowApp({ like: first, options: { keys: RING.removed } });
    expect(await app.app.get(KeyRotationService).verify()).toMatchObject({
      unreadable: { key_unavailable: 0, token_tampered: 0 },
    });
    await app.stop();
  });

  it('should refuse to boot without a key that tokens need, and name it', async () => {
    const browser = await connectedOwner(first, 'late-on-the-old-key');
    expect(browser).toBeDefined();
    const booting = startFlowApp({ like: first, options: { keys: RING.removed } });
    await expect(booting).rejects.toThrow(ConfigurationError);
    await expect(booting).rejects.toThrow('lacks the key "k1", which still seals 1 token(s)');
  });

  it('should let a flow that began before the rotation end after it', async () => {
    const app = await startFlowApp({ like: first, options: { keys: RING.promoted } });
    const browser = await connectedOwner(first, 'in-two-minds');
    await app.app.get(KeyRotationService).rotate();
    const { landed } = await connect(first, browser);
    expect(landed.status).toBe(303);
    await app.stop();
  });
});

describe('the life of a token while keys rotate', () => {
  let app: FlowApp;

  useFlowApp({ options: { keys: RING.promoted } }, (opened) => {
    app = opened;
  });

  it.skipIf(!postgresCapabilities().concurrent)(
    'should renew each time, and end with a token that Powens takes, whichever comes first',
    async () => {
      const other = await startFlowApp({ like: app, options: { keys: RING.added } });
      const owner = 'renewed-while-rotated';
      await connectedOwner(app, owner);
      const made = app.sandbox.ledger().tokens.length;
      for (let round = 0; round < RENEWALS; round += 1) {
        // To and fro, so that there is something to rotate each time.
        const rotating = (round % 2 === 0 ? other : app).app.get(KeyRotationService).rotate();
        const renewing = app.app.get(ConnectionsService).renewToken(owner);
        await Promise.all([rotating, renewing]);
        expect(await isTaken(app, owner)).toBe(true);
      }
      const { tokens } = app.sandbox.ledger();
      // A renewal makes two: one to look whose user it is, and the one that replaces all others.
      expect(tokens.length - made).toBe(2 * RENEWALS);
      expect(tokens.filter(({ revoked, idUser }) => !revoked && idUser !== null)).toHaveLength(1);
      await other.stop();
    },
  );
});

/** Puts tokens there that the old key seals. */
async function putTokens(app: FlowApp, count: number): Promise<readonly string[]> {
  const secret = randomBytes(24).toString('base64url');
  registerSecret('access token', secret);
  const rows = Array.from({ length: count }, (_, index) => {
    const ownerId = `owner-${index}`;
    const place = {
      instance: 'default',
      tenant: '',
      ownerId,
      rowId: randomUUID(),
      powensUserId: ownerId,
      apiOrigin: app.sandbox.url,
      clientId: app.sandbox.client.clientId,
    };
    return {
      ...place,
      sealed: sealLikeTheDocumentation(`${secret}.${index}`, place, k1),
      authenticator: authenticateLikeTheDocumentation(place, k1),
    };
  });
  await sql(
    app,
    `INSERT INTO powens_user (id, instance, tenant, owner_id, powens_user_id, api_origin, client_id, authenticator,
       status, renewable, sealed_token, key_id, created_at, updated_at)
     SELECT id, 'default', '', owner_id, owner_id, $5, $6, authenticator, 'active', true, sealed, 'k1', now(), now()
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS v (id, owner_id, sealed, authenticator)`,
    [
      rows.map(({ rowId }) => rowId),
      rows.map(({ ownerId }) => ownerId),
      rows.map(({ sealed }) => sealed),
      rows.map(({ authenticator }) => authenticator),
      app.sandbox.url,
      app.sandbox.client.clientId,
    ],
  );
  return rows.map(({ ownerId }) => ownerId);
}

/** Reads tokens of owners picked all over the table, on both replicas by turns, until it is stopped. */
function readers(
  apps: readonly FlowApp[],
  owners: readonly string[],
): { stop(): Promise<{ reads: number; failed: unknown[] }> } {
  const failed: unknown[] = [];
  const reads: Promise<void>[] = [];
  const started = performance.now();
  const read = async (): Promise<void> => {
    const index = (reads.length * 7919) % owners.length;
    const service = apps[reads.length % apps.length]!.app.get(ConnectionsService);
    await service.withToken(owners[index], (token) =>
      token.use((clear) => {
        if (!clear.endsWith(`.${index}`)) throw new Error("another owner's token");
      }),
    );
  };
  const sendDue = (): void => {
    // On a busy machine a tick comes late: then the reads that are due are sent together.
    const due = ((performance.now() - started) / 1000) * READS_PER_SECOND;
    while (reads.length < due) {
      reads.push(
        read().catch((error: unknown) => {
          failed.push(error);
        }),
      );
    }
  };
  const timer = setInterval(sendDue, 1000 / READS_PER_SECOND);
  return {
    stop: async () => {
      clearInterval(timer);
      sendDue();
      await Promise.all(reads);
      return { reads: reads.length, failed };
    },
  };
}

async function isTaken(app: FlowApp, owner: string): Promise<boolean> {
  return app.app.get(ConnectionsService).withToken(owner, async (token) => {
    const response = await token.use(async (clear) =>
      fetch(`${app.sandbox.url}/2.0/users/me`, { headers: { authorization: `Bearer ${clear}` } }),
    );
    return response.ok;
  });
}
