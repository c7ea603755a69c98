import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cell } from './cells.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = fileURLToPath(new URL('./host/', import.meta.url));

const FASTIFY_ADAPTER = `import { FastifyAdapter } from '@nestjs/platform-fastify';

export function adapter(): FastifyAdapter {
  return new FastifyAdapter();
}
`;

/** Vitest of the present major has no Jest globals by itself, and no version of the two brings the metadata of decorators. */
const VITEST_CONFIG = `import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [swc.vite({ module: { type: 'es6' } })],
  test: { globals: true, include: ['src/**/*.spec.ts'], testTimeout: 60000, hookTimeout: 60000 },
});
`;

/** Writes a new application into an empty folder. The library comes with the line of the README. */
export function generate(cell: Cell, folder: string): void {
  mkdirSync(join(folder, 'src'), { recursive: true });
  for (const name of ['main.ts', 'app.module.ts', 'data-source.ts', 'adapter.ts']) {
    copyFileSync(join(sources, name), join(folder, 'src', name));
  }
  copyFileSync(join(sources, 'app.spec.ts.txt'), join(folder, 'src', 'app.spec.ts'));
  if (cell.adapter === 'fastify') {
    writeFileSync(join(folder, 'src', 'adapter.ts'), FASTIFY_ADAPTER);
  }
  if (cell.runner === 'vitest') {
    writeFileSync(join(folder, 'vitest.config.mts'), VITEST_CONFIG);
  } else {
    writeFileSync(join(folder, 'jest.config.js'), jestConfigOfTheDocuments(cell));
  }
  writeJson(join(folder, 'package.json'), manifestOf(cell));
  writeJson(join(folder, 'tsconfig.json'), compilerOf(cell));
}

/** What `nest new` writes that a run needs, in the versions of the cell. */
function manifestOf({ nest, format, adapter, runner }: Cell): object {
  const runners = {
    jest: { jest: '^30.0.0', 'ts-jest': '^29.2.5', '@types/jest': '^30.0.0' },
    vitest: { vitest: '^4.1.2', 'unplugin-swc': '^1.5.0', '@swc/core': '^1.13.0' },
  };
  return {
    name: 'application',
    version: '0.0.1',
    private: true,
    ...(format === 'esm' ? { type: 'module' } : {}),
    dependencies: {
      '@nestjs/common': nest,
      '@nestjs/core': nest,
      [`@nestjs/platform-${adapter}`]: nest,
      'reflect-metadata': '^0.2.2',
      rxjs: '^7.8.1',
    },
    devDependencies: {
      '@nestjs/testing': nest,
      '@types/node': '^24.0.0',
      ...(adapter === 'express' ? { '@types/express': '^5.0.0' } : {}),
      typescript: nest.startsWith('11') ? '^5.9.0' : '^6.0.2',
      ...runners[runner],
    },
  };
}

function compilerOf({ nest, resolution, runner }: Cell): object {
  const isFormer = resolution === 'node';
  return {
    compilerOptions: {
      module: isFormer ? 'commonjs' : resolution,
      moduleResolution: resolution,
      // TypeScript 6 announces the end of this resolution.
      ...(isFormer && nest.startsWith('12') ? { ignoreDeprecations: '6.0' } : {}),
      target: 'ES2023',
      rootDir: 'src',
      outDir: 'dist',
      types: ['node', ...(runner === 'jest' ? ['jest'] : [])],
      isolatedModules: true,
      strict: true,
      skipLibCheck: false,
      esModuleInterop: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
    include: ['src'],
    exclude: ['**/*.spec.ts'],
  };
}

/** The recipe of docs/getting-started.md, as it stands there: Nest 12 is an ES module, which Jest loads on Node 24 alone. */
function jestConfigOfTheDocuments({ nest }: Cell): string {
  const title = nest.startsWith('12') ? 'jest.config.js, on Node 24.9 and later' : 'jest.config.js';
  const text = readFileSync(join(root, 'docs', 'getting-started.md'), 'utf8');
  const recipe = text.split(`\n\`\`\`js\n// ${title}\n`)[1]?.split('\n```')[0];
  if (recipe === undefined) {
    throw new Error(`docs/getting-started.md has no block that begins with "// ${title}"`);
  }
  return `${recipe}\n`;
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
