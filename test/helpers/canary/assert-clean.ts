import { join, relative } from 'node:path';
import { readSecrets, scan, type Finding, type ScanReport } from './scan.js';

const MAX_LINES = 30;

/** What the scan reads, below the run folder; what does not exist there is passed over. */
const PLACES = ['captured', 'dropped', 'pgdata', 'pglite', 'postgres.log'];

/**
 * Fails when anything this run wrote holds a registered secret: captured output, the server's files with its log and
 * its write-ahead log, the tables of databases dropped on the way.
 *
 * @returns one line about what was read.
 */
export function assertClean(runFolder: string): string {
  const startedAt = performance.now();
  const places = PLACES.map((name) => join(runFolder, name));
  const report = scan(readSecrets(runFolder), places);
  if (report.findings.length > 0) throw new Error(complaint(report.findings, runFolder));
  if (report.secrets === 0 && process.env.REQUIRE_CANARY === '1') {
    throw new Error('canary scan: no test registered a secret, so the scan proves nothing');
  }
  return summary(report, performance.now() - startedAt);
}

function summary({ secrets, files, bytes }: ScanReport, tookMs: number): string {
  if (secrets === 0) return 'canary scan: no secret was registered in this run, nothing to look for';
  const megabytes = Math.round(bytes / 1e6);
  return `canary scan: none of ${secrets} secrets in ${files} files, ${megabytes} MB (${Math.round(tookMs)} ms)`;
}

function complaint(findings: readonly Finding[], runFolder: string): string {
  const counts = new Map<string, number>();
  for (const { kind, form, file, offset } of findings) {
    const line = `${kind} (${form}) in ${relative(runFolder, file)}`;
    const first = [...counts.keys()].find((known) => known.startsWith(`${line} at `));
    counts.set(first ?? `${line} at byte ${offset}`, (first === undefined ? 0 : counts.get(first)!) + 1);
  }
  const lines = [...counts].map(([line, count]) => `  ${line}${count > 1 ? `, ${count} times` : ''}`);
  const more = lines.length > MAX_LINES ? `\n  … and ${lines.length - MAX_LINES} other places` : '';
  return `canary scan: secrets found\n${lines.slice(0, MAX_LINES).join('\n')}${more}`;
}
