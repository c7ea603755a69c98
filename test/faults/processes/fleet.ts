import { ReplicaEnded, ReplicaProcess } from './replica-process.js';
import type { ReplicaSettings } from '../protocol.js';
import { freePort } from '../../helpers/free-port.js';
import { Balancer } from '../proxies/balancer.js';

/** What all replicas share. */
export type FleetSettings = Omit<ReplicaSettings, 'name' | 'port' | 'publicUrl'>;

/** Replicas of one application behind a round-robin balancer. */
export class Fleet {
  /** How replicas ended by themselves, with what they said last. None may. */
  readonly ownEndings: string[] = [];
  /** Kills so far. */
  kills = 0;
  readonly #replicas: ReplicaProcess[] = [];
  readonly #ports: number[] = [];
  #settings: FleetSettings;

  private constructor(
    readonly balancer: Balancer,
    settings: FleetSettings,
  ) {
    this.#settings = settings;
  }

  static async start(count: number, settings: FleetSettings): Promise<Fleet> {
    const fleet = new Fleet(await Balancer.start(), settings);
    for (let index = 0; index < count; index += 1) fleet.#ports.push(await freePort());
    fleet.balancer.to(fleet.#ports);
    await Promise.all(fleet.#ports.map((_, index) => fleet.startReplica(index)));
    return fleet;
  }

  get size(): number {
    return this.#ports.length;
  }

  get url(): string {
    return this.balancer.url;
  }

  /** Those that listen. */
  get up(): ReplicaProcess[] {
    return this.#replicas.filter(({ isUp }) => isUp);
  }

  /** For replicas that start from now on. */
  change(settings: Partial<FleetSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  /**
   * Starts a replica in a place whose last one is gone.
   *
   * @returns false when it was killed before it listened
   */
  async startReplica(index: number): Promise<boolean> {
    const replica = new ReplicaProcess();
    this.#replicas[index] = replica;
    try {
      await replica.boot({
        ...this.#settings,
        name: `replica-${index}`,
        port: this.#ports[index] ?? 0,
        publicUrl: this.balancer.url,
      });
      return true;
    } catch (error) {
      if (error instanceof ReplicaEnded) {
        this.noteOwnEnding(replica);
        return false;
      }
      await replica.kill();
      throw error;
    }
  }

  /** `kill -9`. */
  async kill(index: number): Promise<void> {
    const replica = this.#replicas[index];
    if (replica === undefined) return;
    this.noteOwnEnding(replica);
    this.kills += 1;
    await replica.kill();
  }

  replica(index: number): ReplicaProcess | undefined {
    return this.#replicas[index];
  }

  /** Has every place filled by a living replica. */
  async heal(): Promise<void> {
    await Promise.all(
      this.#ports.map(async (_, index) => {
        const replica = this.#replicas[index];
        if (replica?.isUp === true) return;
        if (replica !== undefined) this.noteOwnEnding(replica);
        await replica?.kill();
        await this.startReplica(index);
      }),
    );
  }

  /** Sends everybody to these replicas from now on, and ends what is open at others. */
  route(...indexes: readonly number[]): void {
    this.balancer.to(indexes.map((index) => this.#ports[index] ?? 0));
    this.balancer.cut();
  }

  /** Asks the first replica that listens. */
  async ask(request: Parameters<ReplicaProcess['ask']>[0]): Promise<unknown> {
    const [replica] = this.up;
    if (replica === undefined) throw new Error('no replica is up');
    return replica.ask(request);
  }

  async close(): Promise<void> {
    for (const replica of this.#replicas) {
      this.noteOwnEnding(replica);
      await replica.kill();
    }
    await this.balancer.close();
  }

  /** Last lines of every replica that is there now. */
  get output(): string[] {
    return this.#replicas.flatMap(({ lines }, index) => lines.slice(-15).map((line) => `[${index}] ${line}`));
  }

  private noteOwnEnding(replica: ReplicaProcess): void {
    if (replica.ownEnding !== null) {
      this.ownEndings.push(`${replica.ownEnding}: ${replica.lines.slice(-3).join(' | ')}`);
    }
  }
}
