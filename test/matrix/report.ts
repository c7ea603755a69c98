import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Cell } from './cells.js';

/** A cell that passed. */
export interface Row {
  readonly cell: Cell;
  readonly versions: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** What the installation resolved to. */
export function versionsOf(home: string): Record<string, string> {
  const names = ['@nestjs/core', '@nestjs/typeorm', 'typeorm', 'typescript', 'nestjs-powens-connections'];
  return Object.fromEntries(
    names.map((name) => {
      const manifest = readFileSync(join(home, 'node_modules', name, 'package.json'), 'utf8');
      return [name, (JSON.parse(manifest) as { version: string }).version];
    }),
  );
}

/** The cells that passed, as Markdown. */
export function table(rows: readonly Row[]): string {
  const head = [
    'Node',
    'Nest',
    '@nestjs/typeorm',
    'TypeORM',
    'TypeScript',
    'module',
    'HTTP',
    'resolution',
    'tests',
    'seconds',
  ];
  const body = rows.map(({ cell, versions, seconds }) => [
    versions['node'],
    versions['@nestjs/core'],
    versions['@nestjs/typeorm'],
    versions['typeorm'],
    versions['typescript'],
    cell.format === 'esm' ? 'ES module' : 'CommonJS',
    cell.adapter,
    cell.resolution,
    cell.runner,
    String(seconds),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...body.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly (string | undefined)[]): string =>
    `| ${row.map((text = '', column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** docs/compatibility.md. */
export function compatibilityPage(rows: readonly Row[]): string {
  const processor = cpus()[0]?.model.trim() ?? 'unknown';
  const memory = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return `# Compatibility

\`npm run test:matrix\` generated each of these applications, installed the packed library with the line of the README, compiled
it with \`skipLibCheck: false\`, migrated an empty PostgreSQL with the command line of TypeORM, ran the application's own test in
its test runner, and then the whole flow against the packed sandbox: a bank connected, a signed webhook, the events, the
deletion, the shutdown. The gate runs ${rows.filter(({ cell }) => cell.corner === true).length} of them.

Written on ${day} (${cpus().length} × ${processor}, ${memory} GB). Seconds include the installation.

${table(rows)}

Jest with Nest 12 needs Node 24.9 and \`NODE_OPTIONS=--experimental-vm-modules\`. Not among the rows, as they cannot work: Jest with
Nest 12 on Node 20 and 22 (Jest loads no ES module there), and \`node16\` in a CommonJS
application (TypeScript knows \`require\` of an ES module as \`nodenext\`, or as \`commonjs\`): see [getting-started.md](getting-started.md#commonjs).
`;
}
