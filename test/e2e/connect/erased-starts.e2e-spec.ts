import { afterEach, describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { hold } from '../../helpers/flow/hold.js';
import { clearFaults, connectedOwner, plant, sql } from '../../helpers/flow/observe.js';

const CODE = { method: 'GET', path: '/auth/token/code' } as const;
const DELETE_USER = { method: 'DELETE', path: '/users/*' } as const;

describe.each(['webview-first', 'server-first'] as const)(
  'a start while its owner is erased, %s',
  (provisioning) => {
    let app: FlowApp;

    useFlowApp({ options: { provisioning, lifecycle: { sweeper: false } } }, (opened) => {
      app = opened;
    });

    afterEach(async () => {
      await clearFaults(app);
    });

    const attemptsOf = async (owner: string): Promise<unknown[]> =>
      sql(app, 'SELECT status FROM powens_attempt WHERE owner_id = $1', [owner]);

    it('should leave no attempt when its code was made before the erasure and comes after it [N24, TC-24]', async () => {
      const browser = await connectedOwner(app, 'ann');
      const code = await hold(app, CODE);
      const starting = browser.post('/connections/connect');
      await code.arrived();
      // Powens is away: the erasure was begun, and waits.
      await plant(app, { ...DELETE_USER, kind: 'status', status: 503, times: 100 });
      expect((await browser.send('DELETE', '/connections/me', {})).status).toBeGreaterThanOrEqual(500);
      expect(await sql(app, `SELECT status FROM powens_user WHERE owner_id = 'ann'`)).toEqual([
        { status: 'erasing' },
      ]);
      await code.release();
      expect((await starting).status).toBe(503);
      expect(await attemptsOf('ann')).toEqual([]);
      await clearFaults(app);
      expect((await browser.send('DELETE', '/connections/me', {})).status).toBe(204);
    });

    it('should leave no attempt that was written while Powens deleted the user [N24, TC-24]', async () => {
      const browser = await connectedOwner(app, 'ben');
      const deletion = await hold(app, DELETE_USER);
      const erasing = browser.send('DELETE', '/connections/me', {});
      await deletion.arrived();
      // As a process of an older version, or one that looked before the erasure was begun, would write it.
      await sql(
        app,
        `INSERT INTO powens_attempt (id, instance, tenant, owner_id, flow, status, state_hash, binding_hash, expects_code,
          redirect_uri, connection_ids, exchanges, postponed, created_at, expires_at)
        VALUES (gen_random_uuid(), 'default', '', 'ben', 'manage', 'pending', sha256('state'), sha256('binding'), false,
          'https://app.test/callback', '[]', 0, 0, now(), now() + interval '1 hour')`,
      );
      await deletion.release();
      expect((await erasing).status).toBe(204);
      expect(await attemptsOf('ben')).toEqual([]);
    });
  },
);
