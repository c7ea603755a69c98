import { ShareLinksService } from 'nestjs-powens-connections';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import type { Answer, Browser } from '../../helpers/flow/browser.js';
import { HOSTS, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connectionsOf, eventOf } from '../../helpers/flow/lifecycle.js';
import { clearFaults, outbound, plant, snapshot, sql } from '../../helpers/flow/observe.js';
import { stateOf, visitWebview, type Started } from '../../helpers/flow/person.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';

interface Link {
  readonly id: string;
  readonly url: string;
  readonly expiresAt: string;
  readonly maxUses: number;
}

const HTML = { accept: 'text/html' };
const ABSENT = [404, 'not_found'];

describe.each(HOSTS)('a share link, on %s', (adapter) => {
  let app: FlowApp;
  let service: ShareLinksService;
  let serial = 0;

  useFlowApp(
    {
      adapter,
      options: {
        limits: { pendingAttempts: 3 },
        returnTo: {
          targets: {
            web: 'https://web.example.test/banks',
            ios: { url: 'com.example.app:/banks', complete: 'confirm' },
          },
        },
      },
    },
    (started) => {
      app = started;
    },
  );

  beforeAll(() => {
    service = app.app.get(ShareLinksService, { strict: false });
  });

  const person = (): Browser => app.browser(`user-${(serial += 1)}`);

  async function created(browser: Browser, body: object = {}): Promise<Link> {
    const answer = await browser.post('/connections/links', body);
    expect(answer.status).toBe(201);
    return answer.json<Link>();
  }

  const pathOf = ({ url }: Pick<Link, 'url'>): string => url.slice(app.url.length);

  async function opened(browser: Browser, link: Pick<Link, 'url'>): Promise<Answer> {
    const answer = await browser.send('POST', pathOf(link), {});
    if (answer.status === 201) registerSecret('state', stateOf(answer.json<Started>().url));
    return answer;
  }

  /** Refused alike, and nothing happened. */
  async function refused(browser: Browser, link: Pick<Link, 'url'>): Promise<string> {
    const [rows, calls] = [await snapshot(app), outbound(app).length];
    const answer = await opened(browser, link);
    expect([answer.status, answer.json()['code']]).toEqual(ABSENT);
    expect(await snapshot(app)).toEqual(rows);
    expect(outbound(app)).toHaveLength(calls);
    return answer.text;
  }

  it('should lead its owner, in another browser, to a connected bank [B12]', async () => {
    const owner = person();
    const link = await created(owner, { capabilities: ['bank'], country: 'FR', returnTo: 'web' });
    expect(link.url).toMatch(new RegExp(`^${app.url}/connections/links/open\\?token=[\\w-]{43}$`));
    expect(Date.parse(link.expiresAt) - Date.now()).toBeGreaterThan(23 * 3_600_000);

    const elsewhere = app.browser(owner.user);
    // Programs that send mails add parameters.
    const started = (await opened(elsewhere, { url: `${link.url}&utm_source=mail` })).json<Started>();
    expect(new URL(started.url).searchParams.get('connector_capabilities')).toBe('bank');
    expect(new URL(started.url).searchParams.get('connector_country')).toBe('FR');
    const { location } = await elsewhere.get(await visitWebview(app, started.url));
    expect(location).toBe(`https://web.example.test/banks?attempt=${started.attemptId}`);
    expect(await connectionsOf(owner)).toHaveLength(1);
  });

  it('should be made by the application for an owner, with metadata that no browser may set [B12]', async () => {
    const owner = person();
    const link = await service.create(owner.user, { metadata: { project: 'atlas' }, maxUses: 2 });
    const started = (await opened(owner, link)).json<Started>();
    await owner.get(await visitWebview(app, started.url));
    const { data } = await eventOf(app, owner.user ?? '', 'connection.created');
    expect(data).toMatchObject({ metadata: { project: 'atlas' } });
    expect((await owner.post('/connections/links', { metadata: { project: 'x' } })).status).toBe(400);
  });

  it('should start nothing when it is only looked at, by a person or a program', async () => {
    const link = await created(person());
    const [rows, calls] = [await snapshot(app), outbound(app).length];
    const looks = [
      await app.browser(null).get(pathOf(link), HTML),
      await app.browser(null).get(pathOf(link), { ...HTML, 'sec-purpose': 'prefetch' }),
      await app.browser('another').get(pathOf(link), HTML),
      await app.browser(null).get('/connections/links/open?token=unknown', HTML),
    ];
    const [first] = looks;
    expect(first?.text).toContain('Continue only if you expected this link');
    for (const { status, text, headers } of looks) {
      expect([status, text]).toEqual([200, first?.text]);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('set-cookie')).toBeNull();
    }
    expect(await snapshot(app)).toEqual(rows);
    expect(outbound(app)).toHaveLength(calls);
  });

  it('should be refused alike for another owner, used, expired, revoked and invented', async () => {
    const owner = person();
    const texts = [await refused(app.browser('mallory'), await created(owner))];
    const used = await created(owner);
    expect((await opened(owner, used)).status).toBe(201);
    texts.push(await refused(owner, used));
    const expired = await created(owner);
    await sql(app, `UPDATE powens_link SET expires_at = now() - interval '1 second' WHERE id = $1`, [
      expired.id,
    ]);
    texts.push(await refused(owner, expired));
    const revoked = await created(owner);
    expect((await owner.send('DELETE', `/connections/links/${revoked.id}`, {})).status).toBe(204);
    texts.push(await refused(owner, revoked));
    const invented = { url: `${app.url}/connections/links/open?token=${'A'.repeat(43)}` };
    texts.push(await refused(owner, invented), await refused(owner, { url: `${invented.url}%00` }));
    expect(new Set(texts).size).toBe(1);
  });

  it('should be used by as many starts as it allows, also when they come at the same moment', async () => {
    const owner = person();
    const link = await created(owner, { maxUses: 2 });
    const answers = await Promise.all(Array.from({ length: 6 }, async () => opened(owner, link)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 404, 404, 404, 404]);
  });

  it('should stay usable when its start fails', async () => {
    const owner = person();
    const first = await created(owner);
    const { url } = (await opened(owner, first)).json<Started>();
    await owner.get(await visitWebview(app, url));
    const second = await created(owner);
    await plant(app, { kind: 'status', method: 'GET', path: '/auth/token/code', status: 503, times: 100 });
    expect((await opened(owner, second)).status).toBeGreaterThanOrEqual(502);
    await clearFaults(app);
    expect((await opened(owner, second)).status).toBe(201);
    await refused(owner, second);
  });

  it('should need a signed-in user', async () => {
    const link = await created(person());
    expect((await app.browser(null).post('/connections/links')).status).toBe(401);
    expect((await opened(app.browser(null), link)).status).toBe(401);
  });

  it('should not be opened, made or revoked by another site', async () => {
    const owner = person();
    const link = await created(owner);
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.test' };
    const [rows, calls] = [await snapshot(app), outbound(app).length];
    for (const answer of [
      await owner.send('POST', pathOf(link), foreign),
      await owner.post('/connections/links', {}, foreign),
      await owner.send('DELETE', `/connections/links/${link.id}`, foreign),
    ]) {
      expect([answer.status, answer.json()['code']]).toEqual([403, 'cross_site_refused']);
    }
    expect(await snapshot(app)).toEqual(rows);
    expect(outbound(app)).toHaveLength(calls);
  });

  it('should not be revoked by another owner', async () => {
    const owner = person();
    const link = await created(owner);
    const answer = await app.browser('mallory').send('DELETE', `/connections/links/${link.id}`, {});
    expect([answer.status, answer.json()['code']]).toEqual(ABSENT);
    expect((await opened(owner, link)).status).toBe(201);
  });

  it.each(['//evil.example.test', 'https://evil.example.test/', '/\\evil.example.test', 'ios'])(
    'should not lead to %s afterwards',
    async (returnTo) => {
      const answer = await person().post('/connections/links', { returnTo });
      expect([answer.status, answer.json()['code']]).toEqual([400, 'return_to_refused']);
    },
  );

  it.each([
    { expiresInMinutes: 4 },
    { expiresInMinutes: 10_081 },
    { maxUses: 0 },
    { maxUses: 1.5 },
    { maxUses: 21 },
  ])('should not be made with %j', async (body) => {
    const answer = await person().post('/connections/links', body);
    expect([answer.status, answer.json()['code']]).toEqual([400, 'invalid_request']);
  });

  it('should not be made when the owner has too many that can be used', async () => {
    const owner = person();
    const links = [await created(owner), await created(owner), await created(owner)];
    const answer = await owner.post('/connections/links');
    expect([answer.status, answer.json()['code']]).toEqual([429, 'rate_limited']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(80_000);
    await owner.send('DELETE', `/connections/links/${links[0]?.id ?? ''}`, {});
    await created(owner);
  });

  it('should open for nobody when its row was edited or moved to another owner', async () => {
    const owner = person();
    const link = await created(owner);
    await sql(app, 'UPDATE powens_link SET owner_id = $2 WHERE id = $1', [link.id, 'mallory']);
    const from = app.logger.lines.length;
    await refused(app.browser('mallory'), link);
    expect(app.logger.lines.slice(from).join('\n')).toContain(`the link ${link.id} cannot be opened`);
  });

  it('should keep the token nowhere', async () => {
    const link = await created(person());
    const token = new URL(link.url).searchParams.get('token') ?? '';
    const rows = await sql(app, 'SELECT * FROM powens_link WHERE id = $1', [link.id]);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(app.logger.lines.join('\n')).not.toContain(token);
  });

  it('should go with its owner', async () => {
    const owner = person();
    const link = await created(owner);
    expect((await owner.send('DELETE', '/connections/me', {})).status).toBeLessThan(300);
    expect(await sql(app, 'SELECT 1 FROM powens_link WHERE id = $1', [link.id])).toEqual([]);
    await refused(owner, link);
  });
});
