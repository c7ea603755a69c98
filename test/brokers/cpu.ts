import { readdirSync, readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';

/** Milliseconds of one tick of the kernel's clock, as every Linux counts. */
const TICK_MS = 10;

/** Milliseconds of processor time, of whom it was used by. */
export interface CpuTimes {
  /** Of this process. */
  readonly own: number;
  readonly relay: number;
  /** Of the sessions of the relay. Writer and checkpointer are not in it. */
  readonly database: number;
  readonly broker: number;
}

/** Processes that are measured, by process id; a broker is a process group. */
export interface Measured {
  readonly relay: number;
  readonly broker: number;
}

/** Reads what the processes have used since they started: from `/proc`, so on Linux only, and with a database on this machine. */
export async function cpuTimes(dataSource: DataSource, { relay, broker }: Measured): Promise<CpuTimes> {
  const sessions = await dataSource.query<{ pid: number }[]>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'relay'`,
  );
  const group = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.group === broker);
  return {
    own: sumOf([process.pid]),
    relay: sumOf([relay]),
    database: sumOf(sessions.map(({ pid }) => pid)),
    broker: sumOf(group),
  };
}

function sumOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (statOf(pid)?.cpuMs ?? 0), 0);
}

/** @returns null when the process has ended */
function statOf(pid: number): { group: number; cpuMs: number } | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may contain anything.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const [group, user, system] = [fields[2], fields[11], fields[12]].map(Number);
    return { group: group ?? 0, cpuMs: ((user ?? 0) + (system ?? 0)) * TICK_MS };
  } catch {
    return null;
  }
}
