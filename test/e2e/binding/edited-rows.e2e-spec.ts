import { PowensService } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { powensUserIdOf } from '../../helpers/flow/reconciling.js';
import { failureOf } from '../../helpers/upstream/upstream.js';

interface Row {
  readonly powens_user_id: string;
  readonly sealed_token: string | null;
  readonly authenticator: string;
  readonly status: string;
}

/** What somebody with write access puts into a row of their own, of the row of a victim. */
const EDITS: readonly (readonly [string, (victim: Row, own: Row) => Partial<Row>])[] = [
  ['the Powens user', ({ powens_user_id }) => ({ powens_user_id, sealed_token: null, status: 'revoked' })],
  [
    'the Powens user and the authenticator',
    ({ powens_user_id, authenticator }) => ({
      powens_user_id,
      authenticator,
      sealed_token: null,
      status: 'revoked',
    }),
  ],
  ['everything', (victim) => victim],
  ['the sealed token', ({ sealed_token }) => ({ sealed_token })],
  [
    'nothing, but another version of the envelope',
    (_, own) => ({ sealed_token: `cx9${own.sealed_token?.slice(3) ?? ''}` }),
  ],
  ['nothing, and no authenticator', () => ({ authenticator: 'pa1', sealed_token: null, status: 'revoked' })],
];

describe('a row of powens_user that was edited from outside', () => {
  let app: FlowApp;
  let serial = 0;

  useFlowApp({ options: { lifecycle: { sweepIntervalMs: 100 } } }, (opened) => {
    app = opened;
  });

  async function rowOf(owner: string): Promise<Row> {
    const [row] = await sql<Row>(
      app,
      'SELECT powens_user_id, sealed_token, authenticator, status FROM powens_user WHERE owner_id = $1',
      [owner],
    );
    if (row === undefined) throw new Error(`no row of ${owner}`);
    return row;
  }

  /** What Powens has of a user. */
  function atPowens(number: string): unknown {
    const { users, connections, tokens } = app.sandbox.ledger();
    return {
      isDeleted: users.find(({ id }) => String(id) === number)?.deleted,
      banks: connections.filter(({ idUser, deleted }) => String(idUser) === number && !deleted).length,
      tokens: tokens.filter(({ idUser }) => String(idUser) === number),
    };
  }

  it.each(EDITS)('should never reach a victim by %s of the victim [N3]', async (_, edit) => {
    serial += 1;
    const [thief, victim] = [`thief ${serial}`, `victim ${serial}`];
    const { browser } = await connected(app, thief);
    await connected(app, victim);
    const number = await powensUserIdOf(app, victim);
    const before = atPowens(number);
    const edited = { ...(await rowOf(thief)), ...edit(await rowOf(victim), await rowOf(thief)) };
    // The unique key would stop the simplest edit: the victim's row gets another number first.
    await sql(app, `UPDATE powens_user SET powens_user_id = 'away-' || id WHERE owner_id = $1`, [victim]);
    await sql(
      app,
      `UPDATE powens_user SET powens_user_id = $2, sealed_token = $3, authenticator = $4, status = $5 WHERE owner_id = $1`,
      [thief, edited.powens_user_id, edited.sealed_token, edited.authenticator, edited.status],
    );

    const started = await browser.post('/connections/connect', {});
    expect([started.status, started.json()]).toMatchObject([500, { code: 'internal_error' }]);
    const read = await failureOf(app.app.get(PowensService).forOwner(thief).accounts());
    expect(read).toMatchObject({ code: edited.status === 'revoked' ? 'not_connected' : 'token_tampered' });
    // What is left of the row may be their own Powens user, and that one they may delete.
    await browser.send('DELETE', '/connections/me', {});
    expect(atPowens(number)).toEqual(before);
  });

  it('should not delete a Powens user whose row says erasing and has no authenticator for it [N3] [N4]', async () => {
    await connected(app, 'edited');
    const number = await powensUserIdOf(app, 'edited');
    const before = atPowens(number);
    await sql(
      app,
      `UPDATE powens_user SET status = 'erasing', status_reason = 'requested', leased_until = now() WHERE owner_id = 'edited'`,
    );
    const [row] = await sql<{ id: string }>(app, `SELECT id FROM powens_user WHERE owner_id = 'edited'`);
    const tried = `Not finished yet: account ${row?.id ?? ''} (erasing)`;
    const wasTried = (): boolean => app.logger.lines.some((line) => line.includes(tried));
    const isErased = async (): Promise<boolean> => {
      const status = `SELECT 1 FROM powens_user WHERE id = $1 AND status = 'erased'`;
      return (await sql(app, status, [row?.id])).length === 1;
    };
    await until(async () => wasTried() || (await isErased()));
    expect(atPowens(number)).toEqual(before);
  });
});
