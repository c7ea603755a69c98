import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

interface Block {
  readonly text: string;
  readonly extension: 'ts' | 'tsx';
  /** Compiled with the types of the DOM, and without those of Node. */
  readonly isOfBrowser: boolean;
}

/** The first line of a block that runs in a browser, in a document about both. */
const BROWSER = '// browser';
const FRONT_END = 'docs/front-end.md';

function blocksOf(path: string): Block[] {
  return [...read(path).matchAll(/^ *```(ts|tsx|typescript)\n(.*?)^ *```/gms)].map(
    ([, fence, text = '']) => ({
      text,
      extension: fence === 'tsx' ? 'tsx' : 'ts',
      isOfBrowser: path === FRONT_END || text.startsWith(BROWSER),
    }),
  );
}

const documents = [
  'README.md',
  'libs/connections/README.md',
  'libs/powens-sandbox/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What the blocks use of packages that this repository does without. */
const AMBIENT = `
declare module '@aws-sdk/client-kms' {
  export class KMSClient {
    constructor(settings: object);
    send(command: DecryptCommand, more?: { abortSignal?: AbortSignal }): Promise<{ Plaintext?: Uint8Array }>;
  }
  export class DecryptCommand {
    constructor(input: { KeyId?: string; CiphertextBlob: Uint8Array; EncryptionContext?: Record<string, string> });
  }
}
declare module '@angular/core' {
  export const CUSTOM_ELEMENTS_SCHEMA: { name: string };
  export function Component(of: { selector: string; schemas: object[]; template: string }): ClassDecorator;
  export function inject<T>(token: abstract new () => T): T;
}
declare namespace React {
  interface HTMLAttributes<T> { className?: string; onClick?(event: { currentTarget: T }): void }
  type DetailedHTMLProps<E, T> = E & { ref?(element: T | null): void };
  namespace JSX {
    interface Element { type: unknown }
    interface IntrinsicElements { div: HTMLAttributes<object> }
  }
}
declare module 'react' { export = React; }
declare module 'react/jsx-runtime' { export import JSX = React.JSX; }
`;

/** Compiles every block in one program for servers, or in one for browsers; gives the problems of each. */
function compile(blocks: readonly Omit<Block, 'isOfBrowser'>[], more: ts.CompilerOptions = {}): string[][] {
  mkdirSync(folder, { recursive: true });
  const ambient = join(folder, 'ambient.d.ts');
  writeFileSync(ambient, AMBIENT);
  const files = blocks.map(({ text, extension }, index) => {
    // A block that others import says its name.
    const name = /^\/\/ file: (\S+)/.exec(text)?.[1] ?? `block-${index}.${extension}`;
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  });
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([ambient, ...files], {
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

describe('the documents', () => {
  it('should hold code blocks that compile against the public API', () => {
    const blocks = documents
      .flatMap(blocksOf)
      // Files of an application, which test/matrix/quick-start.spec.ts compiles there.
      .filter(({ text, isOfBrowser }) => !text.startsWith('// src/') && !isOfBrowser);
    const broken = `import { Nowhere } from 'nestjs-powens-connections';\nexport const x: unknown = Nowhere;`;
    const [ofBroken, ...problems] = compile([{ text: broken, extension: 'ts' }, ...blocks]);
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    expect(blocks.map(({ text }, index) => ({ text, problems: problems[index] }))).toEqual(
      blocks.map(({ text }) => ({ text, problems: [] })),
    );
    // The compiler would otherwise be able to say nothing because it saw nothing.
    expect(ofBroken).not.toEqual([]);
  });

  it('should hold code blocks for browsers that compile with the types of the DOM', () => {
    const blocks = documents.flatMap(blocksOf).filter(({ isOfBrowser }) => isOfBrowser);
    const broken = `${BROWSER}\nexport const x = <powens-connections return-to={document.title} headers={7} />;`;
    const [ofBroken, ...problems] = compile([{ text: broken, extension: 'tsx' }, ...blocks], {
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      types: [],
      jsx: ts.JsxEmit.ReactJSX,
    });
    expect(blocks.map(({ text }, index) => ({ text, problems: problems[index] }))).toEqual(
      blocks.map(({ text }) => ({ text, problems: [] })),
    );
    expect(ofBroken).toEqual([expect.stringContaining("'number' is not assignable")]);
  });
});

describe('README.md', () => {
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
