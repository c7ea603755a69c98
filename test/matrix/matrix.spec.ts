import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../helpers/database.js';
import { freePort } from '../helpers/free-port.js';
import { CELLS, nameOf, type Cell } from './cells.js';
import { install, run, Running } from './commands.js';
import { runFlow, type Site } from './flow.js';
import { generate } from './generate.js';
import { pathOfNode, versionOfNode } from './node-versions.js';
import { installLine, pack, type Packed } from './packed.js';
import { compatibilityPage, table, versionsOf, type Row } from './report.js';

const isGate = process.env['MATRIX'] === 'corners';
const chosen = CELLS.filter(
  (cell) => (!isGate || cell.corner === true) && nameOf(cell).includes(process.env['MATRIX_ONLY'] ?? ''),
);
const page = process.env['MATRIX_PAGE'];

/** Vitest's limits are in the file that is generated; Jest's own are for quiet machines. */
const TESTS = { vitest: ['vitest', 'run'], jest: ['jest', '--testTimeout=60000'] };
/** With it, Jest loads ES modules on Node 24.9 and later: docs/getting-started.md. */
const ES_MODULES_IN_JEST = { NODE_OPTIONS: '--experimental-vm-modules' };

/** What a cell runs on besides its folder. */
interface Surroundings {
  readonly database: TestDatabase;
  readonly sandbox: Running;
  readonly sandboxUrl: string;
}

describe('applications that install the packed library', () => {
  const folder = mkdtempSync(join(tmpdir(), 'matrix-'));
  const sandboxFolder = join(folder, 'sandbox');
  const rows: Row[] = [];
  let packed: Packed;

  beforeAll(async () => {
    packed = await pack(folder);
    mkdirSync(sandboxFolder);
    writeFileSync(join(sandboxFolder, 'package.json'), '{ "private": true }\n');
    await install(sandboxFolder, [packed['powens-sandbox']]);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    process.stdout.write(`\n${table(rows)}\n`);
    if (page !== undefined && rows.length === CELLS.length) {
      writeFileSync(page, compatibilityPage(rows));
    }
  });

  async function withSurroundings(use: (around: Surroundings) => Promise<void>): Promise<void> {
    const database = await createTestDatabase();
    const port = await freePort();
    const command = ['node_modules/.bin/powens-sandbox', '--port', String(port)];
    const sandbox = new Running(sandboxFolder, command, {});
    try {
      await sandbox.says('Powens sandbox ready');
      await use({ database, sandbox, sandboxUrl: `http://127.0.0.1:${port}` });
    } finally {
      await sandbox.kill();
      await database.drop();
    }
  }

  it('should hold each value of each column at least twice', () => {
    const values = CELLS.flatMap(({ corner: _, ...cell }) =>
      Object.entries(cell).map((one) => one.join(' ')),
    );
    const once = values.filter((value) => values.indexOf(value) === values.lastIndexOf(value));
    expect(once).toEqual([]);
    expect(CELLS.length).toBeGreaterThanOrEqual(12);
  });

  it.each(chosen.map((cell) => [nameOf(cell), cell] as const))(
    'should work with %s [H18] [H19] [H20]',
    async (_, cell) => {
      const home = join(folder, `cell-${CELLS.indexOf(cell)}`);
      const startedAt = performance.now();
      const PATH = await pathOfNode(cell.node);
      generate(cell, home);
      await install(home, installLine(cell.nest, packed, { typeorm: cell.typeorm }), { PATH });
      const translates = cell.runner === 'jest' && !cell.nest.startsWith('12');
      await install(home, translates ? ['--save-dev', '@swc/jest', '@swc/core'] : [], { PATH });
      await run(home, ['npx', 'tsc'], { PATH });
      await withSurroundings((around) => runApplication(cell, home, { ...around, PATH }));
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      rows.push({ cell, versions: { node: versionOfNode(PATH), ...versionsOf(home) }, seconds });
      // At once, too: a run that is interrupted has said what it found.
      process.stdout.write(`${table(rows.slice(-1))}\n`);
      rmSync(home, { recursive: true, force: true });
      expect(rows.at(-1)?.versions['nestjs-powens-connections']).toBe('0.1.0');
    },
  );

  async function runApplication(
    cell: Cell,
    home: string,
    { PATH, ...around }: Surroundings & { readonly PATH: string },
  ): Promise<void> {
    const { environment: own, url, secret } = await configure(around);
    const environment = { ...own, PATH };
    await run(home, ['npx', 'typeorm', 'migration:run', '-d', 'dist/data-source.js'], environment);
    const needsModules = cell.runner === 'jest' && cell.nest.startsWith('12');
    await run(home, ['npx', ...TESTS[cell.runner]], {
      ...environment,
      ...(needsModules && ES_MODULES_IN_JEST),
    });
    const application = new Running(home, ['node', 'dist/main.js'], environment);
    try {
      await application.says('LISTENING');
      const site: Site = { url, application, sandbox: { url: around.sandboxUrl }, secret };
      await runFlow(site);
    } finally {
      await application.kill();
    }
  }
});

async function configure({ database, sandboxUrl }: Surroundings): Promise<{
  readonly environment: Record<string, string>;
  readonly url: string;
  readonly secret: string;
}> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const secret = randomBytes(24).toString('hex');
  const options = {
    powens: {
      domain: 'demo-sandbox',
      clientId: '20000001',
      clientSecret: 'sandbox-client-secret-not-for-production',
      apiUrl: `${sandboxUrl}/2.0`,
      webviewUrl: sandboxUrl,
    },
    publicUrl: url,
    keys: `k1:${randomBytes(32).toString('base64')}`,
    insecureLoopback: true,
    webhooks: { auth: { type: 'hmac', secrets: secret } },
  };
  const environment = {
    PORT: String(port),
    DATABASE_URL: database.url,
    CONNECTIONS_OPTIONS: JSON.stringify(options),
  };
  return { environment, url, secret };
}
