import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import {
  attemptOf,
  connectedOwner,
  orphanTokens,
  returning,
  without,
  withParameter,
} from '../../helpers/flow/observe.js';
import { start, visitWebview } from '../../helpers/flow/person.js';

/** Side by side: the library asks for a while, since a connection may show up late. */
describe('a connection_id that is not the owner’s', () => {
  let app: FlowApp;
  let foreign: string;

  beforeAll(async () => {
    app = await startFlowApp();
    await connectedOwner(app, 'victim');
    [foreign = ''] = await connectionsOf('victim');
  });

  afterAll(async () => {
    expect(await orphanTokens(app)).toEqual([]);
    expect(await connectionsOf('victim')).toEqual([foreign]);
    await app.close();
  });

  async function connectionsOf(user: string): Promise<string[]> {
    const page = (await app.browser(user).get('/connections')).json<{
      items: { powensConnectionId: string }[];
    }>();
    return page.items.map(({ powensConnectionId }) => powensConnectionId);
  }

  describe.concurrent('in a callback', () => {
    it.each(['somebody else’s', 'a non-existing'])(
      'should not be linked when it is %s, for a new owner [OA-14, A17]',
      async (whose) => {
        const { browser, callback, started } = await returning(app, `new owner of ${whose.replace('’', '')}`);
        const id = whose === 'a non-existing' ? '987654321' : foreign;
        expect((await browser.get(withParameter(callback, 'connection_id', id))).status).toBe(303);
        expect(await attemptOf(browser, started.attemptId)).toMatchObject({
          status: 'failed',
          error: 'connection_not_found',
          connectionIds: [],
        });
        expect(await connectionsOf(browser.user ?? '')).toEqual([]);
      },
    );

    it('should not be linked among good ones, nor take them along [OA-14, A17]', async () => {
      const owner = await connectedOwner(app, 'known owner');
      const started = await start(owner, { maxConnections: 3 });
      const callback = await visitWebview(app, started.url);
      const good = new URL(callback, app.url).searchParams.get('connection_id') ?? '';
      await owner.get(
        `${without(callback, 'connection_id', 'connection_ids')}&connection_ids=${good},${foreign}`,
      );
      expect(await attemptOf(owner, started.attemptId)).toMatchObject({
        status: 'failed',
        error: 'connection_not_found',
      });
      expect(await connectionsOf('known owner')).toHaveLength(1);
    });

    it('should not be linked beside the good one of a new owner [OA-14, A17]', async () => {
      const { browser, callback, started } = await returning(app, 'greedy owner');
      const id = new URL(callback, app.url).searchParams.get('connection_id') ?? '';
      const listed = `${without(callback, 'connection_id')}&connection_ids=${id},${foreign}`;
      expect((await browser.get(listed)).status).toBe(303);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'failed' });
      expect(await connectionsOf('greedy owner')).toEqual([]);
    });
  });
});
