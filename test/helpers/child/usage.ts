import { readFileSync } from 'node:fs';

/** What a process used so far, as Linux counts it. */
export interface Usage {
  readonly rssMb: number;
  /** The most it ever had. */
  readonly peakMb: number;
  readonly cpuMs: number;
}

/** Milliseconds of one tick of `/proc`: `getconf CLK_TCK` is 100 wherever Node runs. */
const TICK_MS = 10;

/** Looks at a process from outside, so that looking costs it nothing. */
export function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
  return { rssMb: mb('VmRSS'), peakMb: mb('VmHWM'), cpuMs: (user + system) * TICK_MS };
}
