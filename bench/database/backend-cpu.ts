import { readFileSync } from 'node:fs';
import type pg from 'pg';

/**
 * CPU time of the database's own processes, by the application that they work for: read from `/proc`, which works for a
 * server on this machine. Sessions only: the writer, the checkpointer and autovacuum belong to nobody.
 */
export class BackendCpu {
  /** Microseconds by process; of one that ended, what was seen last. */
  readonly #seen = new Map<string, Map<number, number>>();

  constructor(private readonly client: pg.Client) {}

  /**
   * Microseconds that the sessions of an application have used so far.
   *
   * @returns null where it cannot be read: another machine, or another system than Linux
   */
  async micros(application: string): Promise<number | null> {
    const { rows } = await this.client.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
      [application],
    );
    const seen = this.#seen.get(application) ?? new Map<number, number>();
    this.#seen.set(application, seen);
    for (const { pid } of rows) {
      const micros = microsOf(pid);
      if (micros === null) {
        return null;
      }
      seen.set(pid, micros);
    }
    return [...seen.values()].reduce((sum, micros) => sum + micros, 0);
  }
}

function microsOf(pid: number): number | null {
  try {
    const isBackend = readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('postgres:');
    const [nanos] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return isBackend ? Number(nanos) / 1000 : null;
  } catch {
    // No such process here, or no such file on this system.
    return null;
  }
}
