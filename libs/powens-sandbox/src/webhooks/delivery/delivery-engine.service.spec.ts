import type { ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../../test/helpers/until.js';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { WebhookReceiver } from '../../__helpers__/webhook-receiver.js';
import { DeliveryEngine } from './delivery-engine.service.js';

const NEVER_MS = 900_000;

describe(DeliveryEngine.name, () => {
  let sandbox: SandboxHarness;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    await sandbox.post('/sandbox/reset');
    sandbox.webhooks.register({ event: 'USER_CREATED', url: receiver.url() });
  });
  afterEach(() => receiver.close());

  const ids = (): unknown[] => receiver.received.map(({ json }) => json['id']);

  /** Attempts that ended. A request that has arrived may not have been answered yet, and what is done then does not see its failure. */
  const tried = (): number => sandbox.webhooks.log().flatMap(({ attempts }) => attempts).length;

  async function users(count: number): Promise<number[]> {
    const made: number[] = [];
    for (let one = 0; one < count; one += 1) {
      made.push((await sandbox.permanentUser()).id);
    }
    return made;
  }

  it('should deliver in order, one at a time, however slow the receiver is', async () => {
    receiver.behaviour = (response) => setTimeout(() => response.end(), 20);
    const made = await users(5);
    await sandbox.webhooks.idle();
    expect(ids()).toEqual(made);
    const overlaps = receiver.received.filter(
      (one, rank) => rank > 0 && one.startedAt < (receiver.received[rank - 1]?.endedAt ?? 0) - 5,
    );
    expect(overlaps).toEqual([]);
  });

  it('should answer API calls while a receiver hangs, and deliver elsewhere meanwhile', async () => {
    const other = await WebhookReceiver.start();
    sandbox.webhooks.register({ event: 'USER_CREATED', url: other.url() });
    receiver.behaviour = () => undefined;
    sandbox.webhooks.configure({ timeoutMs: NEVER_MS });
    const made = await users(3);
    await eventually(() => expect(other.received.map(({ json }) => json['id'])).toEqual(made));
    expect(receiver.received.length).toBeLessThanOrEqual(1);
    await other.close();
  });

  it('should take any 2XX for an acknowledgement, and nothing else', async () => {
    receiver.answers.push(204, 299, 302, 500);
    await users(4);
    await eventually(() => expect(receiver.received).toHaveLength(4));
    await eventually(() =>
      expect(sandbox.webhooks.log().map((one) => [one.attempts[0]?.status, one.acknowledged])).toEqual([
        [204, true],
        [299, true],
        [302, false],
        [500, false],
      ]),
    );
    expect(Date.parse(sandbox.webhooks.log()[3]?.nextTry ?? '')).toBeGreaterThan(Date.now());
    await sandbox.webhooks.flush();
    expect(sandbox.webhooks.log().every((one) => one.acknowledged && one.nextTry === null)).toBe(true);
  });

  it('should never follow a redirect', async () => {
    const other = await WebhookReceiver.start();
    receiver.behaviour = (response) => response.writeHead(307, { location: other.url() }).end();
    await users(1);
    await eventually(() => expect(sandbox.webhooks.log()[0]?.attempts).toMatchObject([{ status: 307 }]));
    expect(other.received).toEqual([]);
    await other.close();
  });

  it('should rest after ten failures in a row, and take up again at the next run', async () => {
    receiver.behaviour = 503;
    const made = await users(12);
    await eventually(() => expect(tried()).toBe(10));
    await sandbox.get('/2.0/connectors');
    expect(receiver.received).toHaveLength(10);
    receiver.clear();
    await sandbox.advanceClock(1);
    await sandbox.webhooks.idle();
    expect(ids()).toEqual(made);
  });

  it('should rest after two timeouts', async () => {
    sandbox.webhooks.configure({ timeoutMs: 60 });
    receiver.behaviour = () => undefined;
    await users(4);
    await eventually(() => expect(tried()).toBe(2));
    await sandbox.get('/2.0/connectors');
    expect(tried()).toBe(2);
    expect(sandbox.webhooks.log()[0]?.attempts).toMatchObject([
      { status: null, error: 'No answer within 60 ms' },
    ]);
    sandbox.webhooks.configure({ timeoutMs: NEVER_MS });
    receiver.behaviour = 200;
    await sandbox.post('/sandbox/webhooks/flush');
    await sandbox.webhooks.idle();
  });

  it('should run the flusher by itself', async () => {
    sandbox.webhooks.configure({ flusherPeriodSeconds: 1 });
    receiver.answers.push(500);
    await users(1);
    await sandbox.webhooks.idle();
    expect(receiver.received).toHaveLength(2);
    expect(receiver.received[0]?.bytes).toEqual(receiver.received[1]?.bytes);
  });

  it('should note what kind of failure it was', async () => {
    receiver.answers.push((response) => response.destroy());
    await users(1);
    await eventually(() =>
      expect(sandbox.webhooks.log()[0]?.attempts).toMatchObject([{ status: null, error: 'ECONNRESET' }]),
    );
  });

  it('should attempt again what a receiver waits for when it registers anew, as a host does at each start', async () => {
    receiver.answers.push(500);
    await users(1);
    await eventually(() => expect(tried()).toBe(1));
    sandbox.webhooks.register({ event: 'USER_CREATED', url: receiver.url() });
    await sandbox.webhooks.idle();
    expect(receiver.received).toHaveLength(2);
    expect(sandbox.webhooks.registrations()).toHaveLength(1);
  });

  it('should drop what waited when a registration goes', async () => {
    receiver.behaviour = 500;
    await users(2);
    sandbox.webhooks.clear();
    await sandbox.webhooks.idle();
    expect(sandbox.webhooks.log()).toEqual([]);
  });

  it('should hold deliveries back, and release them in another order', async () => {
    sandbox.webhooks.configure({ paused: true });
    const made = await users(3);
    await sandbox.advanceClock(1);
    expect(receiver.received).toEqual([]);
    const [first, second, third] = sandbox.webhooks.log().map((one) => one.idWebhookData);
    const released = await sandbox.webhooks.flush([Number(third), Number(first)]);
    expect(released.map((one) => one.idWebhookData)).toEqual([third, first, second]);
    expect(ids()).toEqual([made[2], made[0], made[1]]);
    await users(1);
    expect(receiver.received).toHaveLength(3);
    sandbox.webhooks.configure({ paused: false });
    await sandbox.webhooks.idle();
    expect(receiver.received).toHaveLength(4);
  });

  it('should let several deliveries of a registration be on their way when asked to', async () => {
    sandbox.webhooks.configure({ parallelism: 3, paused: true });
    let underWay: ServerResponse[] = [];
    let most = 0;
    receiver.behaviour = (response) => {
      underWay.push(response);
      most = Math.max(most, underWay.length);
      if (underWay.length < 3) return;
      const all = underWay;
      // A fourth would come meanwhile.
      setTimeout(() => {
        underWay = underWay.slice(all.length);
        all.forEach((one) => one.end());
      }, 50);
    };
    await users(6);
    await sandbox.webhooks.flush();
    expect(most).toBe(3);
  });
});

describe('the journal of deliveries', () => {
  let dataDir: string;
  let receiver: WebhookReceiver;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'powens-sandbox-'));
    receiver = await WebhookReceiver.start();
  });
  afterEach(async () => {
    await receiver.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('should deliver after a kill what was answered before it, with the same id', async () => {
    const first = await SandboxHarness.start({ dataDir });
    first.webhooks.register({ event: 'USER_CREATED', url: receiver.url(), auth: { type: 'bearer' } });
    receiver.behaviour = 500;
    const { id, token } = await first.permanentUser();
    await eventually(() => expect(first.webhooks.log()[0]?.attempts).toHaveLength(1));
    receiver.behaviour = 200;
    // A second sandbox on the same files stands for a process that was killed: nothing was closed or flushed.
    const second = await SandboxHarness.start({ dataDir });
    await second.webhooks.idle();
    const [refused, taken] = receiver.received;
    expect(taken?.json).toEqual(refused?.json);
    expect(taken?.json['id']).toBe(id);
    expect(taken?.headers.authorization).toBe(`Bearer ${token}`);
    await Promise.all([first.close(), second.close()]);
  });

  it('should remember registrations, settings and what is withheld', async () => {
    const first = await SandboxHarness.start({ dataDir });
    first.webhooks.register({ event: 'USER_CREATED', url: receiver.url() });
    first.webhooks.register({ event: 'CONNECTION_SYNCED', url: receiver.url() });
    first.webhooks.configure({ gzip: true });
    const callback = await first.visit();
    const second = await SandboxHarness.start({ dataDir });
    expect(second.webhooks.registrations()).toHaveLength(2);
    expect(second.webhooks.configure()).toMatchObject({ gzip: true, paused: false });
    await second.exchange(callback.searchParams.get('code') ?? '');
    await second.webhooks.idle();
    expect(receiver.received).toHaveLength(2);
    await Promise.all([first.close(), second.close()]);
  });
});
