import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../helpers/database.js';
import { freePort } from '../helpers/free-port.js';
import { run, Running } from './commands.js';
import { changedLines, commitAll, total } from './history.js';
import { pack, type Packed } from './packed.js';
import { applyChanges, blocksBelow, writeBlock, type Block } from './walkthrough.js';

const DOCUMENT = fileURLToPath(new URL('../../docs/getting-started.md', import.meta.url));

describe('the quick start of docs/getting-started.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quick-start-'));
  let packed: Packed;
  let database: TestDatabase;

  beforeAll(async () => {
    packed = await pack(folder);
  });

  // One each: the sandbox of an application is new, and its users are not those of the one before.
  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await database.drop();
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['11', '12'])(
    'should end with a connected bank in a new application of Nest %s [H18] [H28]',
    async (major) => {
      const home = join(folder, `nest-${major}`);
      await run(folder, ['npx', '-y', `@nestjs/cli@${major}`, 'new', `nest-${major}`, ...NEW]);
      await commitAll(home);
      const here = await substitutions(major);
      const [install, start, connect, ...others] = blocksBelow('A bank in five steps', DOCUMENT).flatMap(
        (block) => carryOut(block, home, here),
      );
      expect(others).toEqual([]);
      await run(home, ['bash', '-ec', install ?? '']);
      const application = new Running(home, ['bash', '-ec', `${start ?? ''}wait`]);
      try {
        await application.says('Nest application successfully started');
        const answers = await run(home, ['bash', '-ec', connect ?? '']);
        expect(answers).toContain('"items":[{"id":');
        await application.says('alice connected a bank: ');
      } finally {
        await application.kill();
      }
      expect(total(`quick start, Nest ${major}`, await changedLines(home))).toBeLessThanOrEqual(10);
      await run(home, ['npx', 'tsc', ...STRICT]);
    },
  );

  /** Writes what is to be written; gives what is to be run. */
  function carryOut(block: Block, home: string, here: (text: string) => string): string[] {
    switch (block.language) {
      case 'sh':
        return [here(block.text)];
      case 'diff': {
        applyChanges(block, join(home, 'src', 'app.module.ts'));
        return [];
      }
      default:
        writeBlock(block, home);
        return [];
    }
  }

  /** What no document can know: names that no registry has yet, the database, the free ports. */
  async function substitutions(major: string): Promise<(text: string) => string> {
    const [port, sandboxPort] = [await freePort(), await freePort()];
    return (text) =>
      text
        .replace(/^(npm install.*) nestjs-powens-connections/m, `$1 ${packed['nestjs-powens-connections']}`)
        .replace(/^(npm install.*) powens-sandbox/m, `$1 ${packed['powens-sandbox']}`)
        .replace(' @nestjs/typeorm ', major === '11' ? ' @nestjs/typeorm@11 ' : ' @nestjs/typeorm ')
        .replace(/^npm install/gm, 'npm install --prefer-offline --no-audit --no-fund')
        .replace('postgres://postgres@localhost:5432/banks', database.url)
        .replaceAll('3000', String(port))
        .replaceAll('4000', String(sandboxPort));
  }
});

/** With the declarations of every package, which `nest new` leaves out. */
const STRICT = ['-p', 'tsconfig.build.json', '--noEmit', '--skipLibCheck', 'false', '--types', 'node'];

const NEW = ['--package-manager', 'npm', '--skip-git', '--skip-install', '--strict'];
