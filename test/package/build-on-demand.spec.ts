import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Stands in for `nest build`: compiles by copying, counts its runs, and refuses what does not compile. */
const COMPILER = `
  const fs = require('node:fs');
  fs.appendFileSync('builds', '|');
  if (fs.readFileSync('src/main.ts', 'utf8').includes('MISTAKE')) {
    console.error('src/main.ts(1,1): error TS1005');
    process.exit(2);
  }
  fs.mkdirSync('dist/src', { recursive: true });
  // As the compiler does, it writes nothing again that it believes to be there.
  const [known, text] = ['dist/.tsbuildinfo', 'src/main.ts'].map((path) => fs.existsSync(path) && fs.readFileSync(path, 'utf8'));
  if (known !== text) fs.writeFileSync('dist/src/main.js', text);
  fs.writeFileSync('dist/.tsbuildinfo', text);`;

/** Stands in for the compiler of what runs in browsers, which is called with its own configuration. */
const BROWSER_COMPILER = `
  const fs = require('node:fs');
  if (process.argv.slice(2).join(' ') !== '-p tsconfig.browser.build.json') process.exit(3);
  if (fs.readFileSync('src/page.ts', 'utf8').includes('MISTAKE')) {
    console.error('src/page.ts(1,1): error TS1005');
    process.exit(2);
  }`;

/** What a checkout consists of, as far as starting it goes. */
const FILES = {
  'package.json': JSON.stringify({ type: 'module', engines: { node: '>=20.0.0' } }),
  'package-lock.json': '{}',
  'tsconfig.json': '{}',
  'src/main.ts': `console.log('started', process.argv.slice(2).join());`,
  'src/other.ts': '// other',
  'src/page.ts': '// page',
  'src/other.spec.ts': '// a test',
  'node_modules/typescript/package.json': '{"name":"typescript","type":"commonjs"}',
  'node_modules/typescript/bin/tsc': BROWSER_COMPILER,
  'node_modules/@nestjs/cli/package.json': '{"name":"@nestjs/cli","type":"commonjs"}',
  'node_modules/@nestjs/cli/bin/nest.js': COMPILER,
};

describe('a command of package.json that runs what was built', () => {
  let folder: string;

  const at = (path: string): string => join(folder, path);

  function put(path: string, content: string): void {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
  }

  function node(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    const env = { PATH: process.env['PATH'], CI: 'true' };
    return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });
  }

  const run = (...args: string[]) => node('scripts/run.mjs', 'dist/src/main.js', ...args);
  const builds = (): number => (existsSync(at('builds')) ? readFileSync(at('builds'), 'utf8').length : 0);

  /** The line of package.json itself: it must hold where `scripts` is not there, too. */
  function prepare() {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: { prepare: string };
    };
    const [, code = ''] = /^node -e "(.*)"$/.exec(scripts.prepare) ?? [];
    return node('-e', code);
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'build-on-demand-'));
    Object.entries(FILES).forEach(([path, content]) => put(path, content));
    cpSync(join(root, 'scripts'), at('scripts'), { recursive: true });
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('should build nothing after an installation, and hand its arguments on', () => {
    expect(prepare()).toMatchObject({ status: 0 });
    expect(run('one', '--two')).toEqual(
      expect.objectContaining({ status: 0, stdout: 'started one,--two\n', stderr: '' }),
    );
    expect(builds()).toBe(1);
  });

  it('should build nothing for a source that was touched, copied or checked out again without a change', () => {
    prepare();
    utimesSync(at('src/main.ts'), new Date(), new Date(Date.now() + 60_000));

    expect(run()).toMatchObject({ status: 0, stderr: '' });
    expect(builds()).toBe(1);
  });

  it('should build nothing for a changed test', () => {
    prepare();
    appendFileSync(at('src/other.spec.ts'), '\n');

    expect(run()).toMatchObject({ status: 0, stderr: '' });
    expect(builds()).toBe(1);
  });

  it.each([
    ['a changed source', () => appendFileSync(at('src/other.ts'), '\n')],
    ['a removed source', () => rmSync(at('src/other.ts'))],
    ['a new source', () => put('libs/new.ts', '// new')],
    ['a changed package-lock.json', () => put('package-lock.json', '{ }')],
    ['a changed tsconfig.json', () => put('tsconfig.json', '{ }')],
    ['output that was removed', () => rmSync(at('dist'), { recursive: true })],
    [
      'one file of the output that was removed, which the compiler believes to be there',
      () => rmSync(at('dist/src/main.js')),
    ],
    [
      'an older source that was put back with its old date',
      () => {
        put('src/other.ts', '// older');
        utimesSync(at('src/other.ts'), new Date(0), new Date(0));
      },
    ],
  ])('should build again, and say so, after %s', (_what, change) => {
    prepare();
    change();

    expect(run()).toMatchObject({
      status: 0,
      stdout: 'started \n',
      stderr: expect.stringMatching(/^Building /) as string,
    });
    expect(run()).toMatchObject({ status: 0, stderr: '' });
    expect(builds()).toBe(2);
  });

  it.each(['src/main.ts', 'src/page.ts'])(
    'should fail the installation when %s does not compile, and start nothing then',
    (path) => {
      prepare();
      put(path, 'MISTAKE');

      const results = [prepare(), run(), node('scripts/build-cli.mjs')];

      for (const { status, stdout, stderr } of results) {
        expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
        expect(stderr).toContain('error TS1005');
        expect(stderr).toContain('The build failed');
        expect(stderr).not.toContain('    at ');
      }
    },
  );

  it('should not break an installation without development dependencies, without sources, or without scripts', () => {
    rmSync(at('node_modules/@nestjs/cli'), { recursive: true });
    expect(prepare()).toMatchObject({ status: 0, stderr: '' });
    rmSync(at('src'), { recursive: true });
    expect(prepare()).toMatchObject({ status: 0, stderr: '' });
    rmSync(at('scripts'), { recursive: true });
    expect(prepare()).toMatchObject({ status: 0, stderr: '' });
  });

  it('should start what is there without a compiler: silently without sources, with a word when they differ', () => {
    prepare();
    rmSync(at('node_modules/typescript'), { recursive: true });
    expect(run()).toMatchObject({ status: 0, stdout: 'started \n', stderr: '' });
    appendFileSync(at('src/other.ts'), '\n');
    expect(run()).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('compiler is not installed') as string,
    });
    rmSync(at('src'), { recursive: true });
    expect(run()).toMatchObject({ status: 0, stdout: 'started \n', stderr: '' });
    rmSync(at('dist'), { recursive: true });
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('npm ci') as string });
  });

  it('should build once for many that start at the same time', async () => {
    const runs = Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['scripts/run.mjs', 'dist/src/main.js'], { cwd: folder });
      return new Promise((exited) => child.once('exit', exited));
    });

    expect(await Promise.all(runs)).toEqual([0, 0, 0, 0]);
    expect(builds()).toBe(1);
  });

  it('should take over the lock of a build that was killed', () => {
    put('node_modules/.cache/build.lock', '999999999');

    expect(run()).toMatchObject({ status: 0 });
  });

  it('should say which Node is needed, without a stack', () => {
    put('package.json', JSON.stringify({ type: 'module', engines: { node: '^98.1.0 || >=99.0.0' } }));

    const { status, stderr } = run();

    expect(status).toBe(1);
    expect(stderr).toBe(
      `Node ${process.versions.node} is not supported: install one of ^98.1.0 || >=99.0.0 (https://nodejs.org).\n`,
    );
  });

  it('should say what to do without dependencies, and with those of another Node or machine', () => {
    prepare();
    put('node_modules/.cache/installed-for.json', '"Node 18 on darwin-arm64"');
    expect(run()).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/installed for Node 18 on darwin-arm64, .*npm ci/) as string,
    });
    put('dist/src/main.js', `import 'not-installed';`);
    const broken = run();
    expect(broken).toMatchObject({ status: 1, stderr: expect.stringMatching(/npm ci`\.\n$/) as string });
    expect(broken.stderr).not.toContain('    at ');
    rmSync(at('node_modules'), { recursive: true });
    expect(run()).toMatchObject({
      status: 1,
      stderr: 'The dependencies are not installed: run `npm ci`.\n',
    });
  });
});
