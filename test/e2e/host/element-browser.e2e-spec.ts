import { describe, expect, it } from 'vitest';
import { isWithoutBrowser } from '../../helpers/browser/chromium.js';
import {
  connection,
  type ElementPage,
  held,
  idOf,
  list,
  problem,
} from '../../helpers/browser/element-page.js';
import { useElementPage } from '../../helpers/browser/use-element-page.js';
import { until } from '../../helpers/flow/person.js';

const withoutBrowser = isWithoutBrowser();

describe.skipIf(withoutBrowser)('<powens-connections>, in a browser', () => {
  let app: ElementPage;

  useElementPage((opened) => {
    app = opened;
  });

  const started = (url: string) => ({
    status: 201,
    body: { attemptId: idOf(9), url, expiresAt: '2026-03-14T10:00:00Z' },
  });

  it('should show names of providers as text, whatever is in them', async () => {
    const name = '<img src=x onerror="document.title=1"><b>Bank</b>';
    app.answer = () =>
      list(connection(1, { connectorName: name, requiredAction: 'wait', state: '<i>new</i>' }));
    await app.show();
    await app.says(name);

    expect(await app.page.locator('powens-connections').locator('img, b, i').count()).toBe(0);
    expect(await app.page.title()).toBe('Banks');
  });

  it.each([
    ['SCARequired', 'reconnect', 'confirm that it is you', ['Repair', 'Remove']],
    ['websiteUnavailable', 'wait', 'resumes by itself', ['Update now', 'Remove']],
    ['passwordExpired', 'act_at_bank', 'choose a new one', ['Update now', 'Remove']],
    ['constructor', 'contact_support', 'contact support', ['Remove']],
    [null, null, 'Connected', ['Update now', 'Remove']],
  ])('should offer what helps in the state %s', async (state, requiredAction, text, buttons) => {
    app.answer = () => list(connection(1, { state, requiredAction }));
    await app.show();
    await app.says(text);

    const labels = await app.page.getByRole('listitem').getByRole('button').allInnerTexts();
    expect(labels.map((label) => label.replace(/\s+Bank 1$/, ''))).toEqual(buttons);
  });

  it('should read all pages, and put what it is given before its own: headers, texts, a language', async () => {
    app.answer = ({ path }) =>
      path.includes('cursor=next')
        ? list(connection(2))
        : { body: { items: [connection(1)], nextCursor: 'next' } };
    await app.show(
      { lang: 'fr' },
      { headers: "() => ({ 'x-csrf': 'token-of-the-application' })", texts: "{ add: 'Nouvelle banque' }" },
    );
    await app.says('Bank 2');

    expect(await app.text()).toContain('Nouvelle banque');
    expect(await app.text()).toContain('Pas encore mise à jour');
    expect(app.calls.map(({ headers }) => headers['x-csrf'])).toEqual(
      Array(2).fill('token-of-the-application'),
    );
  });

  it('should ask for a sign-in after a 401, with nothing of the person left', async () => {
    app.answer = () => list(connection(1));
    await app.show();
    await app.says('Bank 1');
    app.answer = () => ({ status: 401, body: { statusCode: 401 } });
    await app.press('Refresh the list');
    await app.says('Please sign in');

    expect(await app.text()).not.toContain('Bank 1');
    expect(await app.page.getByRole('button', { name: 'Add' }).count()).toBe(0);
    expect((await app.events()).map(({ name }) => name)).toEqual(['load', 'sign-in']);
    app.answer = () => list(connection(1));
    await app.press('Try again');
    await app.says('Bank 1');
    expect(await app.text()).not.toContain('Please sign in');
  });

  it.each([
    [
      'a problem of the library',
      problem(
        503,
        {
          code: 'storage_failed',
          title: 'Storage failed',
          detail: 'The database is away.',
          instance: 'urn:uuid:7',
        },
        { 'retry-after': '30' },
      ),
      ['Storage failed', 'The database is away. Try again in 30 seconds. Reference: urn:uuid:7'],
      'storage_failed',
    ],
    [
      'a page of a proxy',
      { status: 502, type: 'text/html', body: '<h1>Bad gateway</h1>' },
      ['Something went wrong'],
      'unexpected_answer',
    ],
    [
      'a login page',
      { type: 'text/html', body: '<h1>Log in</h1>' },
      ['Something went wrong'],
      'unexpected_answer',
    ],
    ['no answer', { status: 0 }, ['No answer', 'Check your network'], 'unreachable'],
  ])('should show %s, and recover when it is tried again', async (_what, answer, texts, code) => {
    app.answer = () => answer;
    await app.show();
    for (const text of texts) await app.says(text);

    expect(await app.text()).not.toMatch(/gateway|Log in|</);
    expect(await app.events()).toEqual([{ name: 'error', detail: { action: 'load', code } }]);
    app.answer = () => list(connection(1));
    await app.press('Try again');
    await app.says('Bank 1');
    expect(await app.page.getByRole('alert').innerText()).toBe('');
  });

  it('should say twice that an answer is slow, and stop saying it when it comes', async () => {
    await app.page.clock.install();
    const answer = held(list(connection(1)));
    app.answer = async () => answer.answer;
    await app.show();
    await app.says('Loading');
    await until(() => app.calls.length === 1);
    await app.page.clock.fastForward(5_000);
    await app.says('takes longer than usual');
    await app.page.clock.fastForward(10_000);
    await app.says('still no answer');
    answer.release();
    await app.says('Bank 1');

    expect(await app.page.getByRole('status').innerText()).toBe('');
  });

  it('should show the later of two lists, whatever comes first', async () => {
    const slow = held(list(connection(1)));
    app.answer = async () => slow.answer;
    await app.show();
    await until(() => app.calls.length === 1);
    app.answer = () => list(connection(2));
    await app.page.evaluate("document.querySelector('powens-connections').refresh()");
    await app.says('Bank 2');
    const arrived = app.page.waitForResponse(/api\/banks/);
    slow.release();
    await (await arrived).finished();
    await app.page.evaluate('new Promise((resolve) => setTimeout(resolve))');

    expect(await app.text()).not.toContain('Bank 1');
  });

  it('should send a start once however often it is pressed, and go to the webview', async () => {
    const answer = held(started(`${app.url}/webview`));
    app.answer = async ({ method }) => (method === 'POST' ? answer.answer : list());
    await app.show({ 'return-to': '/banks', lang: 'de' }, { startRequest: "{ capabilities: ['document'] }" });
    await app.says('Nothing is connected yet.');
    await app.press('Add a connection');
    // The button keeps the focus.
    await app.page.keyboard.press('Enter');
    await app.page.keyboard.press('Enter');
    const asked = app.page.waitForRequest(/webview/);
    answer.release();
    await asked;

    const posts = app.calls.filter(({ method }) => method === 'POST');
    expect(posts.map(({ path }) => path)).toEqual(['/connect']);
    expect(JSON.parse(posts[0]?.body ?? '')).toEqual({
      capabilities: ['document'],
      lang: 'de',
      returnTo: '/banks',
    });
    // The browser's back button shows the page as it was left.
    await app.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    await app.page.locator('button:not([aria-disabled])', { hasText: 'Add' }).waitFor();
  });

  it('should leave the way to the webview to an application that asks for it', async () => {
    app.answer = ({ method }) => (method === 'POST' ? started(`${app.url}/webview`) : list());
    await app.show();
    await app.says('Nothing is connected yet.');
    await app.page.evaluate("document.addEventListener('powens-connect', (event) => event.preventDefault())");
    await app.press('Add a connection');
    await until(async () => (await app.events()).some(({ name }) => name === 'connect'));

    expect((await app.events()).at(-1)?.detail).toEqual({
      flow: 'connect',
      connectionId: null,
      attemptId: idOf(9),
      url: `${app.url}/webview`,
      binding: null,
    });
    await app.page.locator('button:not([aria-disabled])', { hasText: 'Add' }).waitFor();
  });

  it.each(['javascript:alert(1)', 'http://webview.example/', 'https://a@b.example/'])(
    'should not go to %s',
    async (url) => {
      app.answer = ({ method }) => (method === 'POST' ? started(url) : list());
      await app.show();
      await app.says('Nothing is connected yet.');
      await app.press('Add a connection');
      await app.says('Something went wrong');

      expect(await app.text()).not.toContain(url);
      expect(app.page.url()).toBe(`${app.url}/`);
    },
  );
});
