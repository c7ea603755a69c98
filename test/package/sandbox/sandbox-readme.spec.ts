import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
// Inside the repository, so that the package resolves as it does for its own code.
const folder = join(root, 'test', 'package', `.scenarios-${process.pid}`);

/** The examples, each with the heading above it. */
function examples(): { title: string; code: string }[] {
  const text = readFileSync(join(root, 'libs', 'powens-sandbox', 'README.md'), 'utf8');
  return text.split(/^##+ /m).flatMap((part) =>
    [...part.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => ({
      title: part.split('\n')[0] ?? '',
      code,
    })),
  );
}

describe("an example of the sandbox's README", () => {
  const [shared, scenarios] = [true, false].map((isShared) =>
    examples().filter(({ code }) => code.startsWith('// file: ') === isShared),
  );

  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    for (const { code } of shared ?? []) {
      writeFileSync(join(folder, /^\/\/ file: (\S+)/.exec(code)?.[1] ?? ''), code);
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('should be there for each scenario that tests need', () => {
    expect(scenarios?.map(({ title }) => title)).toEqual([
      'In tests',
      'A connection, without a browser',
      'Force a state',
      'Break a consent',
      'Fire a webhook',
      'Advance the clock',
      'Inject a fault',
    ]);
  });

  it.each(scenarios ?? [])('should run as it is printed: $title', async ({ title, code }) => {
    const file = join(folder, `${title.toLowerCase().replace(/\W+/g, '-')}.ts`);
    writeFileSync(file, code);
    await import(pathToFileURL(file).href);
  });
});
