import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import type { Logger } from 'typeorm';
import { DISTURBED, type ChildSettings } from './protocol.js';

/** What undici publishes of a request. */
interface UndiciMessage {
  readonly request: { readonly origin: string | URL; readonly method: string; readonly path: string };
}

/**
 * Counts the points that an operation passes and kills the process at one of them: before each statement, before each
 * call to the provider, and when its answer arrives.
 *
 * Only what the operation itself causes is counted, its event's delivery included: the sweeper and the relay go their
 * rounds beside it. Where the sweeper takes part in the operation all the same, the trail says so.
 */
export class CrashPoints {
  readonly #operation = new AsyncLocalStorage<true>();
  #at = 0;
  #passed = 0;
  #armed = false;
  /** Whether the operation wrote an event: from then on every delivery is counted, whoever woke the relay. */
  #told = false;
  #onRound: (() => void) | null = null;
  #trailFile = '';

  /** Kills the process at the `at`-th point. Returns right after a round of the sweeper, so that none falls in between. */
  async arm(at: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onRound = resolve;
    });
    this.#at = at;
    this.#passed = 0;
    this.#told = false;
    this.#armed = true;
  }

  disarm(): void {
    this.#armed = false;
  }

  /** Runs what is counted. */
  run<T>(operation: () => T): T {
    return this.#operation.run(true, operation);
  }

  /** For the DataSource: the library tells of each statement before it is sent. */
  logger(): Logger {
    const nothing = (): void => undefined;
    return {
      logQuery: (text) => {
        this.statement(text);
      },
      logQueryError: nothing,
      logQuerySlow: nothing,
      logSchemaBuild: nothing,
      logMigration: nothing,
      log: nothing,
    };
  }

  /** Watches the calls to the provider. */
  watch({ sandboxUrl, trailFile }: ChildSettings): void {
    const { port } = new URL(sandboxUrl);
    this.#trailFile = trailFile;
    const names = new WeakMap<object, string>();
    // Runs where the call is made: nothing of it has left yet.
    subscribe('undici:request:create', (message) => {
      const { request } = message as UndiciMessage;
      if (new URL(String(request.origin)).port !== port || this.#operation.getStore() === undefined) return;
      const name = `${request.method} ${named(request.path)}`;
      names.set(request, name);
      this.pass(`call ${name}`);
    });
    subscribe('undici:request:headers', (message) => {
      const name = names.get((message as UndiciMessage).request);
      if (name !== undefined) this.pass(`answer ${name}`);
    });
  }

  private statement(sent: string): void {
    const text = withoutSchema(sent);
    const isDelivery = this.#told && text.includes('UPDATE "powens_outbox"');
    if (this.#operation.getStore() === true || isDelivery) {
      this.pass(nameOf(text));
      this.#told ||= this.#armed && text.includes('INSERT INTO "powens_outbox"');
    } else if (/DELETE FROM "powens_outbox"/.test(text)) {
      // The last step of a round.
      this.#onRound?.();
      this.#onRound = null;
    } else if (this.#armed && /(UPDATE|DELETE FROM) "powens_(user|connection)"/.test(text)) {
      appendFileSync(this.#trailFile, `${DISTURBED}\n`);
    }
  }

  private pass(name: string): void {
    if (!this.#armed) return;
    this.#passed += 1;
    appendFileSync(this.#trailFile, `${name}\n`);
    if (this.#passed === this.#at) die();
  }
}

/** The library names tables with the schema in which it found them. */
function withoutSchema(text: string): string {
  return text.replaceAll(/"\w+"\.(?="powens_)/g, '');
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment, in which nothing more may happen.
  for (;;);
}

/** Ids differ from run to run, and a query may hold a code. */
function named(path: string): string {
  const [pathname = ''] = path.split('?');
  return pathname.replace(/^\/2\.0/, '').replaceAll(/\/\d+/g, '/*');
}

/** `UPDATE powens_attempt`: what a statement writes, or else reads. It holds parameters and no values. */
function nameOf(text: string): string {
  const writes = [...text.matchAll(/\b(?:INSERT INTO|UPDATE|DELETE FROM) "powens_\w+"/g)].map(
    ([write]) => write,
  );
  const [read] = /\bFROM "powens_\w+"/.exec(text) ?? [];
  const names = writes.length > 0 || read === undefined ? writes : [`SELECT ${read}`];
  return names.length === 0 ? text.trim() : names.join(', ').replaceAll('"', '');
}
