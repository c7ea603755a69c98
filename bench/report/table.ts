import type { Summary } from './figures.js';

const COLUMNS: readonly (readonly [title: string, cell: (summary: Summary) => string])[] = [
  ['system', ({ system }) => system],
  ['flows/s', ({ flowsPerSecond }) => flowsPerSecond.toFixed(0)],
  ['p50 ms', ({ serverMs }) => serverMs.p50.toFixed(1)],
  ['p99 ms', ({ serverMs }) => serverMs.p99.toFixed(1)],
  ['CPU s/1000', ({ cpuPer1000 }) => cpuPer1000.toFixed(3)],
  ['of it kernel', ({ systemPer1000 }) => systemPer1000.toFixed(3)],
  ['x CPU', ({ cpuRatio }) => cpuRatio?.toFixed(2) ?? '-'],
  ['of rounds', ({ cpuRatioOfRounds }) => cpuRatioOfRounds.map((ratio) => ratio.toFixed(1)).join(' ') || '-'],
  ['target', targetCell],
  ['peak MiB', ({ peakRssMib }) => peakRssMib.toFixed(0)],
  ['flows', ({ flows }) => String(flows)],
];

/** The table that a run prints; also Markdown. */
export function tableOf(summaries: readonly Summary[]): string {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...summaries.map((one) => COLUMNS.map(([, cell]) => cell(one))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

function targetCell({ target, cpuRatio }: Summary): string {
  if (target === null) {
    return '-';
  }
  const verdict = cpuRatio === null ? '' : cpuRatio <= target ? ', met' : ', MISSED';
  return `<= ${target}${verdict}`;
}
