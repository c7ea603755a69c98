import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlainBrowser } from '../../__helpers__/plain-browser.js';
import { REDIRECT_URI, SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { ManageSteps } from './manage-steps.service.js';

const LOGIN = { login: 'test_login', password: '1234' };

describe(ManageSteps.name, () => {
  let sandbox: SandboxHarness;
  let browser: PlainBrowser;
  let user: { token: string; connectionId: string };
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(async () => {
    await sandbox.post('/sandbox/reset');
    browser = new PlainBrowser(sandbox.url);
    user = await sandbox.connectedUser({ connector_ids: '40' });
  });

  async function code(token = user.token): Promise<string> {
    return String((await sandbox.get('/2.0/auth/token/code?type=singleAccess', token)).json['code']);
  }

  async function reconnectUrl(extra: Record<string, string> = {}): Promise<string> {
    const query = { code: await code(), connection_id: user.connectionId, state: 's_8fK2q', ...extra };
    return sandbox.webviewUrl(query, '/en/reconnect');
  }

  const stateOf = async (id: string): Promise<unknown> =>
    (await sandbox.get(`/2.0/users/me/connections/${id}`, user.token)).json['state'];

  describe('reconnect', () => {
    it('should ask for the credentials of a broken connection and return the state only', async () => {
      await sandbox.post(`/sandbox/connections/${user.connectionId}`, { state: 'wrongpass' });
      await browser.open(await reconnectUrl());
      expect(browser.heading).toBe('Log in');
      await browser.press('Continue', LOGIN);
      expect(browser.location).toBe(`${REDIRECT_URI}?state=s_8fK2q`);
      expect(await stateOf(user.connectionId)).toBeNull();
    });

    it('should ask only for what is missing, or for everything when credentials are reset', async () => {
      await sandbox.post(`/sandbox/connections/${user.connectionId}`, {
        state: 'additionalInformationNeeded',
      });
      await browser.open(await reconnectUrl());
      expect(browser.heading).toBe('Enter the code you received');
      await browser.open(await reconnectUrl({ reset_credentials: 'true' }));
      expect(browser.heading).toBe('Log in');
    });

    it('should renew an ended consent', async () => {
      await sandbox.advanceClock(181 * 86_400);
      expect(await stateOf(user.connectionId)).toBe('SCARequired');
      await sandbox.post('/sandbox/webview', { url: await reconnectUrl() });
      expect(await stateOf(user.connectionId)).toBeNull();
      await sandbox.advanceClock(170 * 86_400);
      expect(await stateOf(user.connectionId)).toBeNull();
    });

    it('should keep the connection when the person cancels', async () => {
      await browser.open(await reconnectUrl());
      await browser.press('Cancel');
      expect(new URL(browser.location).searchParams.get('error')).toBe('access_denied');
      expect(await stateOf(user.connectionId)).toBeNull();
    });

    it('should be refused without a code and for the connection of another user', async () => {
      const other = await sandbox.connectedUser();
      const foreign = await reconnectUrl({ connection_id: other.connectionId });
      expect((await sandbox.get(foreign)).status).toBe(400);
      expect(
        (await sandbox.get(sandbox.webviewUrl({ connection_id: user.connectionId }, '/en/reconnect'))).status,
      ).toBe(400);
    });
  });

  describe('manage', () => {
    const manageUrl = async (extra: Record<string, string> = {}): Promise<string> =>
      sandbox.webviewUrl({ code: await code(), state: 's', ...extra }, '/en/manage');

    it('should list the connections and return the state only when nothing was deleted', async () => {
      await browser.open(await manageUrl());
      expect(browser.heading).toBe('Your connections');
      expect(browser.text).toContain('Connecteur de test');
      await browser.press('Close');
      expect(browser.location).toBe(`${REDIRECT_URI}?state=s`);
    });

    it('should delete one and say so', async () => {
      await browser.open(await manageUrl());
      await browser.press('Delete');
      expect(browser.text).toContain('The connection was deleted');
      await browser.press('Close');
      expect(browser.location).toBe(
        `${REDIRECT_URI}?connection_id=${user.connectionId}&connection_deleted=true&state=s`,
      );
      expect(sandbox.ledger.connections).toMatchObject([{ deleted: true }]);
    });

    it('should add one and come back to the list without a redirect', async () => {
      await browser.open(await manageUrl());
      await browser.press('Add another connection');
      await browser.press('Lumen');
      await browser.press('Continue', LOGIN);
      await browser.press('Confirm and share');
      expect(browser.heading).toBe('Your connections');
      expect(browser.text).toContain('Lumen Énergie');
    });

    it('should undo a half-made connection on the way back to the list', async () => {
      await browser.open(await manageUrl());
      await browser.press('Add another connection');
      await browser.press('Lumen');
      await browser.press('Continue', LOGIN);
      await browser.press('Cancel');
      expect(browser.heading).toBe('Your connections');
      expect(sandbox.ledger.connections.map(({ deleted }) => deleted)).toEqual([false, true]);
    });

    it('should repair one, and open without a callback', async () => {
      await sandbox.post(`/sandbox/connections/${user.connectionId}`, { state: 'wrongpass' });
      const url = new URL(await manageUrl({ connection_id: user.connectionId }));
      url.searchParams.delete('redirect_uri');
      await browser.open(url.href);
      expect(browser.text).toContain('Needs your attention');
      expect(browser.text).not.toContain('Close');
      await browser.press('Repair');
      await browser.press('Continue', LOGIN);
      expect(browser.text).toContain('Up to date');
    });

    it('should be driven without a person', async () => {
      const { json } = await sandbox.post('/sandbox/webview', {
        url: await manageUrl(),
        deleteConnection: user.connectionId,
        connections: 1,
      });
      expect(json['location']).toContain('connection_deleted=true');
      expect(sandbox.ledger.connections.map(({ deleted }) => deleted)).toEqual([true, false]);
    });
  });
});
