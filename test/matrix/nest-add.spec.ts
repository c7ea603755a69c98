import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../helpers/database.js';
import { freePort } from '../helpers/free-port.js';
import { install, run, Running } from './commands.js';
import { connectAndDelete } from './flow.js';
import { changedLines, commitAll, contents, total } from './history.js';
import { pack, type Packed } from './packed.js';

const MAJORS = process.env['MATRIX'] === 'corners' ? ['12'] : ['11', '12'];
const NEW = ['--package-manager', 'npm', '--skip-git', '--skip-install', '--strict'];
const STRICT = ['-p', 'tsconfig.build.json', '--noEmit', '--skipLibCheck', 'false', '--types', 'node'];
const SECRET = 'webhook-secret-of-this-test';

/** What `nest add` runs once it has installed the package; by the command line of Nest, and as that calls it. */
const ADD: Record<string, readonly string[]> = {
  // Installs what is missing, too.
  11: ['npx', 'schematics', 'nestjs-powens-connections:nest-add', '--source-root=src'],
  12: ['npx', 'nest', 'add', 'nestjs-powens-connections', '--skip-install'],
};

describe('nest add in a new application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nest-add-'));
  const sandboxFolder = join(folder, 'sandbox');
  let packed: Packed;

  beforeAll(async () => {
    packed = await pack(folder);
    mkdirSync(sandboxFolder);
    writeFileSync(join(sandboxFolder, 'package.json'), '{ "private": true }\n');
    await install(sandboxFolder, [packed['powens-sandbox']]);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(MAJORS)('should end with a connected bank on Nest %s, and be undone by git', async (major) => {
    const home = join(folder, `nest-${major}`);
    await run(folder, ['npx', '-y', `@nestjs/cli@${major}`, 'new', `nest-${major}`, ...NEW]);
    await commitAll(home);
    const before = await contents(home);
    // No registry has the package yet: `nest add` would install it by its name.
    await install(home, [packed['nestjs-powens-connections']]);
    expect(await run(home, ADD[major] ?? [])).toContain('src/banks.module.ts registers bank connections');
    expect(total(`nest add, Nest ${major}`, await changedLines(home))).toBeLessThanOrEqual(10);
    const added = await contents(home);
    expect(await run(home, ADD[major] ?? [])).toContain('src/banks.module.ts registers bank connections');
    expect(await contents(home)).toBe(added);

    await install(home);
    await run(home, ['npx', 'tsc', ...STRICT]);
    await useIt(home);

    await run(home, ['bash', '-ec', 'git reset -q; git checkout -q .; git clean -fdq; rm .env']);
    expect(await contents(home)).toBe(before);
  });

  /** As a person goes on: settings, migration, a start that refuses everybody, an owner, a bank. */
  async function useIt(home: string): Promise<void> {
    const database = await createTestDatabase();
    const [port, sandboxPort] = [await freePort(), await freePort()];
    const sandbox = new Running(sandboxFolder, [
      'node_modules/.bin/powens-sandbox',
      '--port',
      String(sandboxPort),
    ]);
    const url = `http://localhost:${port}`;
    try {
      await sandbox.says('Powens sandbox ready');
      const key = await run(home, ['npx', 'connections', 'keys', 'generate']);
      const [line = ''] = /^k1:.*$/m.exec(key) ?? [];
      edit(home, '.env', [
        [/(?<=^DATABASE_URL=).*/m, database.url],
        [/(?<=^CONNECTIONS_KEYS=).*/m, line],
        [/(?<=^PUBLIC_URL=).*/m, url],
        [/4000/g, String(sandboxPort)],
      ]);
      await run(home, ['npm', 'run', 'build']);
      await run(home, ['npm', 'run', 'migration:run']);
      await withApplication(home, port, async () => {
        const answers = await Promise.all(
          ['connections', 'connections/connect'].map(async (path, index) =>
            fetch(`${url}/${path}`, { method: ['GET', 'POST'][index] ?? '', headers: { 'x-user': 'alice' } }),
          ),
        );
        expect(answers.map(({ status }) => status)).toEqual([401, 401]);
      });
      fillIn(home);
      await run(home, ['npm', 'run', 'build']);
      await withApplication(home, port, async (application) => {
        const at = { url: `http://127.0.0.1:${sandboxPort}` };
        await connectAndDelete({ url, application, sandbox: at, secret: SECRET });
      });
    } finally {
      await sandbox.kill();
      await database.drop();
    }
  }
});

async function withApplication(
  home: string,
  port: number,
  use: (application: Running) => Promise<void>,
): Promise<void> {
  const application = new Running(home, ['node', 'dist/main.js'], { PORT: String(port) });
  try {
    await application.says('Nest application successfully started');
    await use(application);
  } finally {
    await application.kill();
  }
}

/** What the closing message asks for, and a handler that this test can hear. Only files that `nest add` wrote. */
function fillIn(home: string): void {
  edit(home, 'src/banks.owner.ts', [
    [/\(\) => undefined;/, `(request) => request.headers['x-user'] as string | undefined;`],
  ]);
  edit(home, 'src/banks.module.ts', [
    [/import \{ Module \}/, 'import { Injectable, Module }'],
    [
      /import \{ ConnectionsModule \}/,
      'import { ConnectionsModule, OnConnectionEvent, type ConnectionEvent }',
    ],
    [/owner: banksOwner,/, `owner: banksOwner, webhooks: { auth: { type: 'hmac', secrets: '${SECRET}' } },`],
    [
      /@Module/,
      "@Injectable() class Handlers {\n @OnConnectionEvent('*')\n handle(event: ConnectionEvent): void {\n  console.log(`EVENT ${event.type} ${event.ownerId}`);\n }\n}\n\n@Module",
    ],
    [/\n\}\)\nexport/, '\n  providers: [Handlers],\n})\nexport'],
  ]);
}

/** @throws Error when the file does not hold what is to be replaced */
function edit(home: string, name: string, changes: readonly (readonly [RegExp, string])[]): void {
  const path = join(home, name);
  let text = readFileSync(path, 'utf8');
  for (const [before, after] of changes) {
    if (text.search(before) < 0) throw new Error(`${name} does not hold ${String(before)}:\n${text}`);
    text = text.replace(before, () => after);
  }
  writeFileSync(path, text);
}
