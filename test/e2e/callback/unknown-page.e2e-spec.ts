import { afterEach, describe, expect, it } from 'vitest';
import type { Answer, Browser } from '../../helpers/flow/browser.js';
import { ADAPTERS, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import {
  attemptOf,
  CALLBACK_HEADERS,
  clearFaults,
  EXCHANGE,
  plant,
  returning,
  sql,
} from '../../helpers/flow/observe.js';
import { connect, visitWebview } from '../../helpers/flow/person.js';
import { registerSecret } from '../../helpers/canary/collector.js';

const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe.each(ADAPTERS)('an attempt that ended unknown, in a browser, on %s', (adapter) => {
  let app: FlowApp;
  let serial = 0;

  useFlowApp(
    {
      adapter,
      options: {
        lifecycle: { sweeper: false },
        returnTo: { targets: { mobile: 'https://app.example.test/back?from=bank' } },
      },
    },
    (opened) => {
      app = opened;
    },
  );

  afterEach(async () => {
    await clearFaults(app);
  });

  /** Both answers of the exchange are lost; the second callback is the one that ends it. */
  async function unknown(body: Record<string, unknown>): Promise<{
    readonly browser: Browser;
    readonly ends: () => Promise<Answer>;
    readonly attemptId: string;
  }> {
    const { browser, callback, started } = await returning(app, `user-${(serial += 1)}`, { body });
    await plant(app, { ...EXCHANGE, kind: 'reset', times: 2 });
    expect((await browser.get(callback, HTML)).status).toBe(303);
    return { browser, ends: async () => browser.get(callback, HTML), attemptId: started.attemptId };
  }

  const linksOf = ({ text }: Answer): string[] =>
    [...text.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'));

  it.each([
    [{}, '/connections/connect', (id: string) => `/connections/attempts/${id}`],
    [
      { returnTo: '/banks?tab=2&x=é' },
      '/connections/connect?returnTo=%2Fbanks%3Ftab%3D2%26x%3D%25C3%25A9',
      (id: string) => `/banks?tab=2&x=%C3%A9&attempt=${id}`,
    ],
    [
      { returnTo: 'mobile' },
      '/connections/connect?returnTo=mobile',
      (id: string) => `https://app.example.test/back?from=bank&attempt=${id}`,
    ],
  ])(
    'should show a way to begin anew that lands in the same place: %j [N11, OA-21]',
    async (body, again, landing) => {
      const { browser, ends, attemptId } = await unknown(body);
      // At the callback that ends it, and at each reload.
      for (const page of [await ends(), await ends()]) {
        expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
        expect(linksOf(page)).toEqual([again, landing(attemptId)]);
        for (const [name, value] of Object.entries(CALLBACK_HEADERS)) {
          expect(page.headers.get(name)).toBe(value);
        }
      }
      expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'unknown' });
      await clearFaults(app);
      const begun = await browser.get(again, HTML);
      expect(begun.status).toBe(303);
      registerSecret('state', new URL(begun.location).searchParams.get('state') ?? '');
      const landed = await browser.get(await visitWebview(app, begun.location), HTML);
      const where = landing('').replace(/attempt=$|[^/]*$/, '');
      expect(landed.location.startsWith(where)).toBe(true);
    },
  );

  it('should lead a program, and a person whose attempt is connected, on as before [OA-20]', async () => {
    const { browser, ends, attemptId } = await unknown({});
    await ends();
    expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'unknown' });
    await clearFaults(app);
    const { callback, landed } = await connect(app, browser);
    expect(landed.status).toBe(303);
    expect((await browser.get(callback, HTML)).status).toBe(303);
  });

  it('should take no landing from a row that was edited [OA-17, TC-27]', async () => {
    const { ends, attemptId } = await unknown({ returnTo: '/banks' });
    await ends();
    await sql(app, `UPDATE powens_attempt SET return_to = 'https://evil.test/' WHERE id = $1`, [attemptId]);
    expect(linksOf(await ends())).toEqual(['/connections/connect', `/connections/attempts/${attemptId}`]);
  });
});
