import { v4 as uuidv4 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../../../test/helpers/flow/flow-app.js';
import { sql } from '../../../../test/helpers/flow/observe.js';
import { start } from '../../../../test/helpers/flow/person.js';
import { ConnectionsDatabase } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import { AttemptClaimRepository } from './attempt-claim.repository.js';
import type { AttemptLease } from './attempt.js';

const SECONDS = 600;

/** Everything that a holder may write, and whether it was written. */
type Write = (claims: AttemptClaimRepository, lease: AttemptLease, run: Commit) => Promise<boolean>;
type Commit = (collect: (tx: Transaction) => void) => Promise<boolean>;

const WRITES: Readonly<Record<string, Write>> = {
  extend: async (claims, lease) => claims.extend(lease, SECONDS),
  release: async (claims, lease) => claims.release(lease),
  postpone: async (claims, lease) => claims.postpone(lease, false),
  connect: async (claims, lease, run) => run((tx) => claims.connect(lease, [], tx)),
  end: async (claims, lease, run) =>
    run((tx) => claims.end(lease, { status: 'failed', error: 'powens_failed' }, tx)),
  'end as unknown': async (claims, lease, run) =>
    run((tx) => claims.end(lease, { status: 'unknown', error: 'outcome_unknown' }, tx)),
  remove: async (claims, lease) => {
    await claims.remove(lease);
    return (await claims.findHeld(lease)) === 'lost';
  },
};

describe(AttemptClaimRepository.name, () => {
  let app: FlowApp;
  let claims: AttemptClaimRepository;

  beforeAll(async () => {
    app = await startFlowApp({ options: { lifecycle: { sweeper: false } } });
    claims = app.app.get(AttemptClaimRepository, { strict: false });
  });

  afterAll(async () => {
    await app.close();
  });

  const commit: Commit = async (collect) =>
    app.app
      .get(ConnectionsDatabase, { strict: false })
      .transaction(collect)
      .then(
        () => true,
        () => false,
      );

  /** A process that claims whatever is due. */
  async function claimed(): Promise<AttemptLease> {
    const lease = await claims.claimDue({ leaseToken: uuidv4(), leaseSeconds: SECONDS });
    if (lease === null) throw new Error('nothing is due');
    return lease;
  }

  /** An attempt whose first process stood still for longer than its lease, so that a second one took it over. */
  async function takenOver(owner: string): Promise<{ first: AttemptLease; second: AttemptLease }> {
    const { attemptId } = await start(app.browser(owner));
    const due = `UPDATE powens_attempt SET status = 'claimed', lease_expires_at = now() WHERE id = $1`;
    await sql(app, due, [attemptId]);
    const first = await claimed();
    await sql(app, due, [attemptId]);
    return { first, second: await claimed() };
  }

  const rowOf = async ({ id }: AttemptLease): Promise<unknown> =>
    sql(app, 'SELECT * FROM powens_attempt WHERE id = $1', [id]);

  describe.each(Object.entries(WRITES))('%s', (name, write) => {
    it('should change nothing for a process that lost its lease to another one [N13]', async () => {
      const { first, second } = await takenOver(`lost ${name}`);
      const row = await rowOf(second);
      await write(claims, first, commit);
      expect(await rowOf(second)).toEqual(row);
      expect(await claims.findHeld(first)).toBe('lost');
      expect(await claims.findHeld(second)).toBe('held');
    });

    it('should be done for the one that holds it', async () => {
      const { second } = await takenOver(`held ${name}`);
      const row = await rowOf(second);
      expect(await write(claims, second, commit)).toBe(true);
      expect(await rowOf(second)).not.toEqual(row);
      await sql(app, `DELETE FROM powens_attempt WHERE id = $1`, [second.id]);
    });
  });

  it('should hand the token of a process that lost its lease over to a holder without one, and to no other [N11, N13]', async () => {
    const { first, second } = await takenOver('handed over');
    expect(await claims.keepToken(first, 'of the first')).toBe('handed_over');
    expect(await claims.findKeptToken(second.id)).toBe('of the first');
    expect(await claims.keepToken(first, 'another')).toBe('refused');
    expect(await claims.keepToken(second, 'of the second')).toBe('kept');
    expect(await claims.findKeptToken(second.id)).toBe('of the second');
  });
});
