import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ReplicaAnswer, ReplicaRequest, ReplicaSettings } from '../protocol.js';

type Unnumbered =
  | { readonly name: 'boot'; readonly settings: ReplicaSettings }
  | { readonly name: 'tokens'; readonly owners: readonly string[] }
  | { readonly name: 'reconcile' }
  | { readonly name: 'ready' };

/** Why a replica did not answer: it ended meanwhile. */
export class ReplicaEnded extends Error {}

/** Lines of output kept of each replica. */
const MAX_LINES = 400;

/** A replica, as the rig sees it. */
export class ReplicaProcess {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: ReplicaAnswer | null) => void>();
  readonly #ended: Promise<void>;
  #lastId = 0;
  #ending: string | null = null;
  #isKilled = false;
  #isUp = false;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('replica.mjs', import.meta.url)), [], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: ['--enable-source-maps'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.lines.push(...text.split('\n').filter(Boolean));
        this.lines.splice(0, this.lines.length - MAX_LINES);
      });
    }
    this.#child.on('message', (answer: ReplicaAnswer) => this.#waiting.get(answer.id)?.(answer));
    this.#child.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      this.#child.on('exit', (code, signal) => {
        this.#ending = signal ?? `exit code ${code}`;
        this.#isUp = false;
        for (const settle of this.#waiting.values()) settle(null);
        resolve();
      });
    });
  }

  /** Whether it listens. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** How it ended although nobody killed it; null when it did not. */
  get ownEnding(): string | null {
    return this.#isKilled ? null : this.#ending;
  }

  async boot(settings: ReplicaSettings): Promise<void> {
    await this.ask({ name: 'boot', settings });
    this.#isUp = true;
  }

  /** @throws ReplicaEnded; Error with the message of what the replica threw */
  async ask(request: Unnumbered): Promise<unknown> {
    const id = (this.#lastId += 1);
    const answer = await new Promise<ReplicaAnswer | null>((resolve) => {
      if (this.#ending !== null) {
        resolve(null);
        return;
      }
      this.#waiting.set(id, resolve);
      this.#child.send({ id, ...request } satisfies ReplicaRequest);
    });
    this.#waiting.delete(id);
    if (answer === null) throw new ReplicaEnded(`the replica ended with ${this.#ending}: ${request.name}`);
    if ('error' in answer) throw new Error(`${request.name}: ${answer.error}`);
    return answer.value;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#isUp = false;
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Stops its clock, or lets it go on. */
  stopped(isStopped: boolean): void {
    this.#child.kill(isStopped ? 'SIGSTOP' : 'SIGCONT');
  }
}
