import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { aliases } from '../vitest.shared.js';

/** Inside of `node_modules`: from there the bundle finds what it imports, and Git does not see it. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));

/** The child application as plain JavaScript. */
export interface ChildBundle {
  readonly entry: string;
  remove(): void;
}

/** Bundles the child from the sources of this moment; only dependencies are left outside. */
export async function bundleChild(): Promise<ChildBundle> {
  mkdirSync(CACHE, { recursive: true });
  const outDir = mkdtempSync(join(CACHE, 'crash-child-'));
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: aliases },
    build: {
      ssr: fileURLToPath(new URL('child.ts', import.meta.url)),
      outDir,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'child.mjs' } },
    },
  });
  return {
    entry: join(outDir, 'child.mjs'),
    remove: () => {
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}
