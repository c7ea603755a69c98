import type { Summary } from './figures.js';

type Column = readonly [title: string, cell: (summary: Summary) => string];

const COLUMNS: readonly Column[] = [
  ['rows', ({ rows }) => rows.toLocaleString('en').replaceAll(',', ' ')],
  ['system', ({ system }) => system],
  ['/s', ({ perSecond }) => perSecond.toFixed(0)],
  ['p50 ms', ({ latency }) => latency?.p50.toFixed(1) ?? '-'],
  ['p99 ms', ({ latency }) => latency?.p99.toFixed(1) ?? '-'],
  ['CPU s/1000', ({ cpuPer1000 }) => seconds(cpuPer1000)],
  ['x CPU', ({ cpuRatio }) => cpuRatio?.toFixed(2) ?? '-'],
  ['of rounds', ({ cpuRatioOfRounds }) => cpuRatioOfRounds.map((ratio) => ratio.toFixed(1)).join(' ') || '-'],
  ['target', targetCell],
  [
    'database CPU s/1000',
    ({ databasePer1000 }) => (databasePer1000 === null ? 'n/a' : seconds(databasePer1000)),
  ],
  ['x database', ({ databaseRatio }) => databaseRatio?.toFixed(2) ?? '-'],
  ['peak MiB', ({ peakRssMib }) => peakRssMib.toFixed(0)],
  ['operations', ({ operations }) => String(operations)],
];

/** What a run prints: one table per kind of work, and one that compares full tables with empty ones. Also Markdown. */
export function reportOf(summaries: readonly Summary[]): string {
  const workloads = [...new Set(summaries.map(({ workload }) => workload))];
  const tables = workloads.map((workload) => {
    const rows = summaries.filter((summary) => summary.workload === workload);
    // A column that says nothing about this kind of work is left out.
    const columns = COLUMNS.filter(([, cell]) => rows.some((row) => cell(row) !== '-'));
    return `### ${workload}\n\n${tableOf(
      columns.map(([title]) => title),
      rows.map((row) => columns.map(([, cell]) => cell(row))),
    )}`;
  });
  return [...tables, growthOf(summaries)].join('\n\n');
}

/** Figures with full tables, by those with empty ones: of the ratio to the baseline where there is one. */
function growthOf(summaries: readonly Summary[]): string {
  const rows = summaries.flatMap((full) => {
    const empty = summaries.find(
      ({ workload, system, rows: filled }) =>
        filled === 0 && full.rows > 0 && workload === full.workload && system === full.system,
    );
    return empty === undefined || full.system === 'baseline'
      ? []
      : [
          [
            full.workload,
            full.system,
            growth(full.cpuRatio ?? full.cpuPer1000, empty.cpuRatio ?? empty.cpuPer1000),
            growth(full.databaseRatio ?? full.databasePer1000, empty.databaseRatio ?? empty.databasePer1000),
          ],
        ];
  });
  return `### Full tables against empty ones\n\n${tableOf(['work', 'system', 'CPU', 'database CPU'], rows)}`;
}

function growth(full: number | null, empty: number | null): string {
  return full === null || empty === null ? 'n/a' : `x ${(full / empty).toFixed(2)}`;
}

function tableOf(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

function seconds(value: number): string {
  return value < 0.1 ? value.toFixed(4) : value.toFixed(3);
}

function targetCell({ target, cpuRatio }: Summary): string {
  if (target === null) {
    return '-';
  }
  const verdict = cpuRatio === null ? '' : cpuRatio <= target ? ', met' : ', MISSED';
  return `<= ${target}${verdict}`;
}
