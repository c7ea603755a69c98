import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from '../../helpers/browser/chromium.js';
import {
  connection,
  type Answer,
  type ElementPage,
  idOf,
  list,
  problem,
} from '../../helpers/browser/element-page.js';
import { useElementPage } from '../../helpers/browser/use-element-page.js';

const withoutBrowser = isWithoutBrowser();

describe.skipIf(withoutBrowser)('<powens-connections display="popup">, in a browser', () => {
  let app: ElementPage;

  useElementPage((opened) => {
    app = opened;
  });

  /** The application: a start, an attempt in this state, and the list. */
  function answers(attempt: () => Answer, lists: Answer = list(connection(1))): void {
    const redirect = encodeURIComponent(`${app.url}/callback`);
    const started = {
      attemptId: idOf(9),
      url: `${app.url}/webview?redirect_uri=${redirect}`,
      expiresAt: '2026-03-14T09:28:40.002Z',
    };
    app.answer = ({ path }) => {
      if (path.startsWith('/attempts/')) return attempt();
      return path === '/connect' ? { status: 201, body: started } : lists;
    };
  }

  const ended = (status: string): Answer => ({
    body: { id: idOf(9), status, flow: 'connect', connectionIds: [], error: null },
  });

  async function pressed(): Promise<Page> {
    const [popup] = await Promise.all([app.page.waitForEvent('popup'), app.press('Add a connection')]);
    return popup;
  }

  it('should show the webview in a popup, and the end and the new list in the page', async () => {
    let status = 'pending';
    answers(() => ended(status));
    await app.show({ display: 'popup', 'return-to': 'popup' });
    await app.says('Bank 1');
    const popup = await pressed();
    await app.says('Continue in the window that was opened.');
    expect(app.page.url()).toBe(`${app.url}/`);
    const closed = popup.waitForEvent('close');
    answers(() => ended(status), list(connection(1), connection(2)));
    status = 'connected';
    await closed;
    await app.says('The connection is complete.');
    await app.says('Bank 2');

    expect((await app.events()).map(({ name }) => name)).toEqual(['load', 'connect', 'attempt', 'load']);
    const start = app.calls.find(({ path }) => path === '/connect');
    expect(JSON.parse(start?.body ?? '')).toMatchObject({ returnTo: 'popup' });
  });

  it('should report the end of a popup although the application renders anew, in the words that it then has', async () => {
    let status = 'pending';
    answers(() => ended(status));
    await app.show({ display: 'popup' });
    await app.says('Bank 1');
    await pressed();
    await app.says('Continue in the window that was opened.');
    const lists = (): number => app.calls.filter(({ path }) => /^(\?|$)/.test(path)).length;
    const before = lists();
    expect(before).toBeGreaterThan(0);
    await app.page.evaluate(`Object.assign(document.querySelector('powens-connections'), {
      texts: { heading: 'My banks' }, startRequest: { country: 'FR' }, headers: undefined })`);
    await app.says('My banks');
    expect(await app.text()).toContain('Bank 1');
    expect(lists()).toBe(before);
    status = 'connected';
    await app.says('The connection is complete.');
    expect((await app.events()).map(({ name }) => name)).toContain('attempt');
  });

  it('should close the popup when the start is refused', async () => {
    app.answer = ({ path }) =>
      path === '/connect'
        ? problem(429, { code: 'rate_limited', title: 'Too many', detail: 'Finish one.' })
        : list(connection(1));
    await app.show({ display: 'popup' });
    await app.says('Bank 1');
    const popup = await pressed();
    if (!popup.isClosed()) await popup.waitForEvent('close');
    await app.says('Finish one.');
  });

  it('should close the popup when the application shows the webview by itself', async () => {
    answers(() => ended('pending'));
    await app.show({ display: 'popup' });
    await app.says('Bank 1');
    await app.page.evaluate(`addEventListener('powens-connect', (event) => event.preventDefault())`);
    const popup = await pressed();
    if (!popup.isClosed()) await popup.waitForEvent('close');
    expect(await app.text()).not.toContain('Continue in the window');
  });

  it('should go on by the next call when one gets no answer', async () => {
    const all = [
      { status: 0 },
      problem(503, { code: 'storage_failed', title: 'x', detail: 'x' }),
      ended('denied'),
    ];
    answers(() => all.shift() ?? ended('denied'));
    await app.show({ display: 'popup' });
    await app.says('Bank 1');
    await pressed();
    await app.says('You cancelled. Nothing was changed.');
    expect(all).toEqual([]);
  });

  it('should ask for a sign-in when the session ends meanwhile, and leave the popup to the person', async () => {
    answers(() => ({ status: 401, body: { statusCode: 401 } }));
    await app.show({ display: 'popup' });
    await app.says('Bank 1');
    await pressed();
    await app.says('Please sign in');
    expect(await app.text()).not.toContain('Bank 1');
  });
});
