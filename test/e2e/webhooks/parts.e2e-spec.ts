import { WebhookPayloads, type ConnectionEvent } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { admin, connected, type Connected } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { start, until, visitWebview } from '../../helpers/flow/person.js';
import { hmacWebhooks, inboxEmpty, powensUserOf, push, syncedBody } from '../../helpers/webhooks/pushed.js';
import { closeTab } from '../../helpers/flow/quarantine.js';

const SYNCED = '/connections/webhooks/connection-synced';
let serial = 640_000;

/** Ids at Powens. */
interface Ids {
  readonly powensConnectionId: string;
  readonly powensUserId: string;
}

/** A first history comes in parts, its first one with the date of the read-back: none of it may be missing. */
describe('the data of a synchronisation [N40]', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  useFlowApp({ options }, (opened) => {
    app = opened;
  });

  /** Sends one part, which carries one transaction of its own. */
  async function send(ids: Ids, lastUpdate: string | null, state: string | null = null): Promise<string> {
    const webhookDataId = (serial += 1);
    const accounts = [
      { id: 5301, name: 'Compte', transactions: [{ id: webhookDataId, id_account: 5301, value: -1 }] },
    ];
    const body = syncedBody(ids, { lastUpdate, state, webhookDataId, accounts });
    expect((await push(app.url, SYNCED, body, { secret })).status).toBe(204);
    return String(webhookDataId);
  }

  function syncedOf(ids: Ids): ConnectionEvent[] {
    return app.events.filter(
      ({ type, powensConnectionId }) =>
        type === 'connection.synced' && powensConnectionId === ids.powensConnectionId,
    );
  }

  /** The transactions that the handlers could read, in the order of the events. */
  async function transactionsOf(ids: Ids): Promise<string[]> {
    const found: string[] = [];
    for (const event of syncedOf(ids)) {
      for await (const { id } of app.app.get(WebhookPayloads).transactions(event)) found.push(id);
    }
    return found;
  }

  async function idsOf(owner: Connected): Promise<Ids> {
    return {
      powensConnectionId: owner.connection.powensConnectionId,
      powensUserId: await powensUserOf(app, owner),
    };
  }

  /** What the callback read back, as Powens writes it. */
  async function readBackDate(ids: Ids): Promise<string> {
    const [row] = await sql<{ date: string }>(
      app,
      `SELECT to_char(last_synced_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM-DD HH24:MI:SS') AS date
       FROM powens_connection WHERE powens_connection_id = $1`,
      [ids.powensConnectionId],
    );
    return row?.date ?? '';
  }

  it('should reach the handlers once per webhook, in parts that share a date, the first with that of the read-back', async () => {
    const ids = await idsOf(await connected(app, 'parts'));
    const sent = [await send(ids, await readBackDate(ids))];
    for (let part = 0; part < 3; part += 1) sent.push(await send(ids, '2027-03-14 10:27:40'));
    await inboxEmpty(app);
    await until(() => syncedOf(ids).length === 4);
    expect(await transactionsOf(ids)).toEqual(sent);
    expect(new Set(syncedOf(ids).map(({ id }) => id)).size).toBe(4);
  });

  it.each([
    ['late', ['2027-03-14 10:00:00', '2026-01-01 10:00:00', '2027-03-14 11:00:00']],
    ['without a date', [null, '2027-03-14 11:00:00', null]],
  ])('should reach the handlers when it comes %s', async (what, dates) => {
    const ids = await idsOf(await connected(app, what));
    const sent: string[] = [];
    for (const date of dates) sent.push(await send(ids, date));
    await inboxEmpty(app);
    await until(() => syncedOf(ids).length === dates.length);
    expect(await transactionsOf(ids)).toEqual(sent);
    expect(await readBackDate(ids)).toBe('2027-03-14 11:00:00');
  });

  it('should reach the handlers when the synchronisation ended badly, each time', async () => {
    const owner = await connected(app, 'badly');
    const ids = await idsOf(owner);
    await admin(app, `connections/${ids.powensConnectionId}`, { state: 'websiteUnavailable' });
    const sent = [await send(ids, null, 'websiteUnavailable'), await send(ids, null, 'websiteUnavailable')];
    await inboxEmpty(app);
    await until(() => syncedOf(ids).length === 2);
    expect(await transactionsOf(ids)).toEqual(sent);
    expect(syncedOf(ids)[0]?.data).toMatchObject({ state: 'websiteUnavailable' });
  });

  it('should reach the handlers once when the same webhook is delivered again', async () => {
    const ids = await idsOf(await connected(app, 'again'));
    const [first] = [await send(ids, '2027-03-14 10:00:00')];
    serial -= 1;
    await send(ids, '2027-03-14 10:00:00');
    await send(ids, '2027-03-14 10:00:00');
    await inboxEmpty(app);
    await until(() => syncedOf(ids).length === 2);
    expect(await transactionsOf(ids)).toEqual([first, String(serial)]);
  });

  it('should reach the handlers when it comes before the callback of a new owner', async () => {
    const browser = app.browser('early');
    const { url } = await start(browser);
    const callback = await visitWebview(app, url);
    const made = app.sandbox.ledger().connections.at(-1) as unknown as { id: number; idUser: number };
    const ids = { powensConnectionId: String(made.id), powensUserId: String(made.idUser) };
    const sent = [await send(ids, '2026-03-14 10:00:00'), await send(ids, '2026-03-14 10:00:00')];
    expect((await browser.get(callback)).status).toBe(303);
    await until(() => syncedOf(ids).length === 2);
    expect(await transactionsOf(ids)).toEqual(sent);
  });

  it('should wait for a connection that is not confirmed yet, and reach the handlers after it is', async () => {
    const { browser, ...owner } = await connected(app, 'waiting');
    const unfinished = await closeTab(app, browser);
    const ids = {
      powensConnectionId: unfinished.powensConnectionId,
      powensUserId: await powensUserOf(app, { browser, ...owner }),
    };
    const sent = [await send(ids, '2026-03-14 10:00:00'), await send(ids, '2026-03-14 10:00:00')];
    await inboxEmpty(app);
    expect(syncedOf(ids)).toEqual([]);
    expect((await browser.get(unfinished.callback)).status).toBe(303);
    await until(() => syncedOf(ids).length === 2);
    expect(await transactionsOf(ids)).toEqual(sent);
  });
});
