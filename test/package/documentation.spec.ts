import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONNECTIONS_ERROR_CODES } from 'nestjs-powens-connections';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
// Inside the repository, so that packages and path aliases resolve as they do for its own code.
const folder = join(root, 'test', 'package', `.blocks-${process.pid}`);

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function typeScriptBlocks(path: string): string[] {
  return [...read(path).matchAll(/^```ts\n(.*?)^```/gms)].map(([, block = '']) => block);
}

/** The first line of a block that runs in a browser, and is compiled with the types of the DOM. */
const BROWSER = '// browser';

/** Compiles every block in one program for servers, or in one for browsers; gives the problems of each. */
function compile(blocks: readonly string[], more: ts.CompilerOptions = {}): string[][] {
  mkdirSync(folder, { recursive: true });
  const files = blocks.map((block, index) => {
    // A block that others import says its name.
    const name = /^\/\/ file: (\S+)/.exec(block)?.[1] ?? `block-${index}.ts`;
    const file = join(folder, name);
    writeFileSync(file, block);
    return file;
  });
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(files, {
    ...options,
    ...more,
    noEmit: true,
    incremental: false,
    noUnusedLocals: false,
  });
  return files.map((file) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('README.md', () => {
  it('should hold code blocks that compile against the public API', () => {
    const blocks = [
      'README.md',
      'libs/connections/README.md',
      'libs/powens-sandbox/README.md',
      'docs/operations.md',
      'docs/host-routes.md',
      'docs/bank-data.md',
      'docs/getting-started.md',
      'docs/events.md',
      'docs/native-apps.md',
      'docs/popup.md',
      'docs/links.md',
    ]
      .flatMap(typeScriptBlocks)
      // Files of an application, which test/matrix/quick-start.spec.ts compiles there.
      .filter((block) => !block.startsWith('// src/') && !block.startsWith(BROWSER));
    const broken = `import { Nowhere } from 'nestjs-powens-connections';\nexport const x: unknown = Nowhere;`;
    const [ofBroken, ...ofReadme] = compile([broken, ...blocks]);
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    expect(ofReadme).toEqual(blocks.map(() => []));
    // The compiler would otherwise be able to say nothing because it saw nothing.
    expect(ofBroken).not.toEqual([]);
  });

  it('should hold code blocks for browsers that compile with the types of the DOM', () => {
    const blocks = typeScriptBlocks('docs/popup.md').filter((block) => block.startsWith(BROWSER));
    const broken = `${BROWSER}\nexport const x: number = document.title;`;
    const [ofBroken, ...ofDocument] = compile([broken, ...blocks], {
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      types: [],
    });
    expect(blocks).not.toEqual([]);
    expect(ofDocument).toEqual(blocks.map(() => []));
    expect(ofBroken).not.toEqual([]);
  });

  it('should give the two commands as they stand', () => {
    expect(read('README.md')).toContain('npm ci && npm start\n');
    expect(read('README.md')).toContain('npm ci && npm test\n');
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(Object.keys(scripts)).toEqual(
      expect.arrayContaining(['start', 'test', 'demo', 'bench', 'sandbox']),
    );
  });
});

describe('docs/errors.md', () => {
  it('should have one heading for each code of the union, and no other', () => {
    const headings = [...read('docs/errors.md').matchAll(/^### `(\w+)`$/gm)].map(([, code]) => code);
    expect([...headings].sort()).toEqual([...CONNECTIONS_ERROR_CODES].sort());
  });
});
