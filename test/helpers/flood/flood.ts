import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { captureOutput } from '../canary/collector.js';
import type { FloodReport, FloodWish } from './flood-wish.js';

/** A flood that goes on in a process of its own. */
export interface Flood {
  /** What became of it; null while it goes on. */
  report(): FloodReport | null;
  stop(): void;
}

/**
 * Starts a flood of hostile webhooks.
 *
 * @throws Error from `report()`, when its process ended before all were sent
 */
export function startFlood(wish: FloodWish): Flood {
  const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ['--import', script('../child/register.mjs'), script('flooder.ts')], {
    env: { PATH: process.env['PATH'], FLOOD_WISH: JSON.stringify(wish) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let hasEnded = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      captureOutput('flood', text);
    });
  }
  child.on('close', () => (hasEnded = true));
  return {
    report: () => {
      if (!hasEnded) return null;
      const [, report] = /^DONE (.*)$/m.exec(output) ?? [];
      if (report === undefined) throw new Error(`the flood ended early: ${output}`);
      return JSON.parse(report) as FloodReport;
    },
    stop: () => {
      child.kill('SIGKILL');
    },
  };
}
