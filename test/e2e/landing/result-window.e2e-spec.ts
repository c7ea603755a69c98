import { beforeAll, describe, expect, it } from 'vitest';
import { HOSTS, hasOwnRoutes } from '../../helpers/host-routes/hosts.js';
import { type FlowApp } from '../../helpers/flow/flow-app.js';
import { completeAs, type StartedByApplication } from '../../helpers/host/application.js';
import type { Answer } from '../../helpers/flow/browser.js';
import { connectionsOf } from '../../helpers/flow/lifecycle.js';
import { returning, sql, type Returning } from '../../helpers/flow/observe.js';
import { start, visitWebview } from '../../helpers/flow/person.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { registerSecret } from '../../helpers/canary/collector.js';

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const TARGETS = {
  popup: { url: 'https://app.example.test/banks?shown=popup', display: 'popup' },
  bearer: { url: 'https://spa.example.test/banks', display: 'popup', complete: 'confirm' },
  frame: { url: 'https://frame.example.test/banks', display: 'frame', complete: 'confirm' },
} as const;

/** The values that the script of the page reads. */
function shown({ text }: Answer): { origin: string; url: string; message: Record<string, unknown> } {
  const value = (name: string): string =>
    (new RegExp(` data-${name}="([^"]*)"`).exec(text)?.[1] ?? '')
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  return {
    origin: value('origin'),
    url: value('url'),
    message: JSON.parse(value('message')) as Record<string, unknown>,
  };
}

describe.each(HOSTS)('a callback that another window waits for, on %s', (adapter) => {
  let app: FlowApp;
  let popup: Returning;
  let answer: Answer;

  useFlowApp(
    { adapter, options: { returnTo: { targets: TARGETS }, callback: { landing: () => '/elsewhere' } } },
    (opened) => {
      app = opened;
    },
  );

  beforeAll(async () => {
    popup = await returning(app, 'ann', { body: { returnTo: 'popup' } });
    answer = await popup.browser.get(popup.callback, HTML);
  });

  it('should tell a window of the declared origin how the attempt ended [B14]', async () => {
    expect(answer.status).toBe(200);
    const { attemptId } = popup.started;
    const connections = await connectionsOf(popup.browser);
    expect(shown(answer)).toEqual({
      origin: 'https://app.example.test',
      url: `https://app.example.test/banks?shown=popup&attempt=${attemptId}`,
      message: {
        type: 'powens-connections:result',
        attemptId,
        status: 'connected',
        connectionIds: connections.map(({ id }) => id),
      },
    });
    expect(connections).toHaveLength(1);
  });

  it('should hold neither state nor code nor binding', () => {
    const query = new URLSearchParams(popup.callback.split('?')[1]);
    for (const secret of [query.get('state'), query.get('code'), ...popup.browser.cookies.values()]) {
      expect(secret).toMatch(/^.{8}/);
      expect(answer.text).not.toContain(secret);
    }
  });

  it('should not be framed, cached, separated from its opener, or run a script of others', () => {
    const { headers } = answer;
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/=]{44}'; /);
    expect(policy).toContain(
      "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(headers.get('cross-origin-opener-policy')).toBe('unsafe-none');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.text).not.toMatch(/ on[a-z]+=|<script [^>]*src|javascript:/);
  });

  it('should be answered again alike', async () => {
    const again = await popup.browser.get(popup.callback, HTML);
    expect([again.status, again.text]).toEqual([200, answer.text]);
  });

  it('should tell that the person declined', async () => {
    const browser = app.browser('bob');
    const { url } = await start(browser, { returnTo: 'popup' });
    const callback = await visitWebview(app, url, { outcome: 'access_denied' });
    const { message } = shown(await browser.get(callback, HTML));
    expect(message).toMatchObject({ status: 'denied', connectionIds: [] });
  });

  it('should tell a stranger nothing, and refuse as every callback', async () => {
    const { callback } = await returning(app, 'carl', { body: { returnTo: 'popup' } });
    const stranger = await app.browser(null).get(callback);
    expect([stranger.status, stranger.json()['code']]).toEqual([400, 'callback_refused']);
    expect(stranger.text).not.toContain('powens-connections:result');
  });

  it('should post to no origin that was edited in the database', async () => {
    const { browser, callback, started } = await returning(app, 'dora', { body: { returnTo: 'popup' } });
    await sql(app, 'UPDATE powens_attempt SET return_to = $2 WHERE id = $1', [
      started.attemptId,
      TARGETS.bearer.url,
    ]);
    expect((await browser.get(callback, HTML)).text).not.toContain('data-origin');
  });

  it.skipIf(hasOwnRoutes(adapter))('should redirect a client that is no browser', async () => {
    const { status, location } = await popup.browser.get(popup.callback);
    expect([status, location]).toEqual([303, shown(answer).url]);
  });

  it.each(['bearer', 'frame'] as const)(
    'should pass a ticket to the application that completes the attempt, in a %s [B14, OA-04]',
    async (name) => {
      const native = app.browser(`user-of-${name}`);
      const started = (await start(native, { returnTo: name })) as StartedByApplication;
      registerSecret('binding', started.binding);
      const callback = await visitWebview(app, started.url);
      const passed = await app.browser(null).get(callback, HTML);
      const { origin, url, message } = shown(passed);
      const { attemptId, ticket, ...others } = message as Record<string, string>;
      expect([origin, attemptId]).toEqual([new URL(TARGETS[name].url).origin, started.attemptId]);
      expect(others).toEqual({ type: 'powens-connections:result' });
      expect(url).toBe(`${TARGETS[name].url}?attempt=${attemptId}&ticket=${ticket}`);
      const ancestors = name === 'frame' ? 'https://frame.example.test' : "'none'";
      expect(passed.headers.get('content-security-policy')).toContain(`frame-ancestors ${ancestors};`);
      expect(passed.headers.get('x-frame-options')).toBeNull();
      expect(await connectionsOf(native)).toEqual([]);
      const completed = await completeAs(native, { started, ticket: ticket ?? '' });
      expect(completed.json()).toMatchObject({ status: 'connected' });
    },
  );
});
