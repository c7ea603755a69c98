import type { ServerName, SystemName } from '../control/protocol.js';
import type { Bench } from '../bench.js';
import { closedLoop } from '../load/closed-loop.js';
import { WebhookSender, type WebhookTarget } from '../load/webhook-sender.js';
import { expectCount, latencyOf, type Measured, type Workload } from './workload.js';

/** Connections that webhooks are about, one after the other. */
const TARGETS = 500;

/** Signed webhooks: verified, stored, answered. What they mean is processed later, by another process. */
export class Webhooks implements Workload {
  readonly title = 'Webhooks: verify, store, answer';
  readonly unit = 'webhook';
  readonly startsPaused = false;
  readonly systems: readonly ServerName[];
  readonly #senders = new Map<SystemName, WebhookSender>();
  readonly #targets = new Map<boolean, readonly WebhookTarget[]>();
  readonly #sent = { library: 0, baseline: 0 };

  constructor(private readonly bench: Bench) {
    this.systems = bench.settings.systems;
  }

  /** Webhooks that servers of the library took so far. */
  get sent(): number {
    return this.#sent.library;
  }

  async warmUp(system: ServerName): Promise<string | null> {
    await this.send(system, this.bench.settings.webhooks);
    return null;
  }

  async measure(system: ServerName): Promise<Measured> {
    const { webhooks } = this.bench.settings;
    return this.bench.meter(system).measure(async () => {
      const { results } = await this.send(system, webhooks);
      return { operations: results.length, latency: latencyOf(results) };
    });
  }

  async verify(): Promise<void> {
    const { baseline, library } = await this.bench.stored.storedWebhooks();
    expectCount('webhooks of the baseline', baseline, this.#sent.baseline);
    expectCount('webhooks of the library', library, this.#sent.library);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#senders.values()].map((sender) => sender.close()));
  }

  private async send(system: ServerName, count: number): ReturnType<typeof closedLoop<number>> {
    const { concurrency } = this.bench.settings;
    const targets = await this.targets(system === 'baseline');
    const sender = this.senderTo(system);
    const result = await closedLoop(
      () => sender.send(targets),
      concurrency,
      (_, begun) => begun < count,
    );
    this.#sent[system === 'baseline' ? 'baseline' : 'library'] += result.results.length;
    return result;
  }

  private senderTo(system: ServerName): WebhookSender {
    const { settings, webhookSecret } = this.bench;
    const { url } = this.bench.meter(system).server;
    const sender = this.#senders.get(system) ?? new WebhookSender(url, webhookSecret, settings.concurrency);
    this.#senders.set(system, sender);
    return sender;
  }

  /** Connections that the flows before made. */
  private async targets(isBaseline: boolean): Promise<readonly WebhookTarget[]> {
    const targets =
      this.#targets.get(isBaseline) ?? (await this.bench.stored.webhookTargets(isBaseline, TARGETS));
    this.#targets.set(isBaseline, targets);
    return targets;
  }
}
