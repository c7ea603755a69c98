import { relative } from 'node:path';
import type { Reporter, TestModule, TestSpecification } from 'vitest/node';

/** How many files the summary names at most, and from which time on. */
const MAX_NAMED = 12;
const SLOW_MS = 5_000;

/** Says how far the run is, and at its end which files took long. Beside another reporter, which says what failed. */
export default class SlowFilesReporter implements Reporter {
  #total = 0;
  #done = 0;
  #startedAt = 0;

  onTestRunStart(files: readonly TestSpecification[]): void {
    this.#total = files.length;
    this.#done = 0;
    this.#startedAt = performance.now();
  }

  onTestModuleEnd(): void {
    this.#done += 1;
    // A terminal has a line of the default reporter that moves by itself.
    if (process.stdout.isTTY || this.#done % Math.max(1, Math.round(this.#total / 20)) !== 0) return;
    const spent = seconds(performance.now() - this.#startedAt);
    process.stdout.write(`--- ${this.#done} of ${this.#total} files after ${spent}\n`);
  }

  onTestRunEnd(files: readonly TestModule[]): void {
    const timed = files.map((file) => ({ file, ms: timeOf(file) })).sort((one, other) => other.ms - one.ms);
    const slow = timed.filter(({ ms }) => ms >= SLOW_MS);
    if (slow.length === 0) return;
    const all = timed.reduce((sum, { ms }) => sum + ms, 0);
    process.stdout.write(`\nSlow files (${slow.length} of ${files.length}; all together ${seconds(all)}):\n`);
    for (const { file, ms } of slow.slice(0, MAX_NAMED)) {
      process.stdout.write(`${seconds(ms).padStart(9)}  ${relative(process.cwd(), file.moduleId)}\n`);
    }
  }
}

/** Its imports, hooks and tests. */
function timeOf(file: TestModule): number {
  const { collectDuration, duration, setupDuration } = file.diagnostic();
  return collectDuration + duration + setupDuration;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
