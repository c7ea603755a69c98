import { fork, type ChildProcess } from 'node:child_process';
import { captureOutput } from '../canary/collector.js';
import type { CallName, ChildAnswer, ChildSettings } from './protocol.js';

/** For one that hangs. */
const PATIENCE_MS = 300_000;

/** Why a child did not answer: it was killed meanwhile. */
export class ChildDied extends Error {}

/** Without the `id`, for each kind of request on its own. */
type Unnumbered =
  | { name: 'boot'; settings: ChildSettings }
  | { name: 'arm'; at: number }
  | { name: 'disarm' }
  | { name: CallName; owners: readonly string[] };

/** A child application, as the test sees it. It loads its code at once and boots when told to. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answer: ChildAnswer | null) => void>();
  #lastId = 0;
  #ending: string | null = null;

  constructor(entry: string) {
    this.#process = fork(entry, [], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'] },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        captureOutput('crash-child', text);
      });
    }
    this.#process.on('message', (answer: ChildAnswer) => {
      this.#waiting.get(answer.id)?.(answer);
    });
    // A child that dies while it is asked: its end is told below, and that is what counts.
    this.#process.on('error', () => undefined);
    this.#process.on('exit', (code, signal) => {
      this.#ending = signal ?? `exit code ${code}`;
      for (const settle of this.#waiting.values()) settle(null);
    });
  }

  /** How it ended, or null while it runs. */
  get ending(): string | null {
    return this.#ending;
  }

  async boot(settings: ChildSettings): Promise<void> {
    await this.ask({ name: 'boot', settings });
  }

  /**
   * Asks for something and waits for the answer.
   *
   * @throws ChildDied; Error with the code of what the library threw
   */
  async ask(request: Unnumbered): Promise<unknown> {
    const id = (this.#lastId += 1);
    const answer = await new Promise<ChildAnswer | null>((resolve, reject) => {
      if (this.#ending !== null) {
        resolve(null);
        return;
      }
      const timer = setTimeout(() => {
        reject(new Error(`the child did not answer to ${request.name} within ${PATIENCE_MS} ms`));
      }, PATIENCE_MS);
      this.#waiting.set(id, (given) => {
        clearTimeout(timer);
        resolve(given);
      });
      this.#process.send({ id, ...request });
    });
    this.#waiting.delete(id);
    if (answer === null) throw new ChildDied(`the child ended with ${this.#ending} during ${request.name}`);
    if ('error' in answer) throw new Error(answer.error);
    return answer.value;
  }

  async kill(): Promise<void> {
    if (this.#ending !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
  }
}
