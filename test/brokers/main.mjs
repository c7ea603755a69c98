// `npm run test:brokers`: bundles the rig and its processes from the sources of this moment, and runs the rig.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const root = (path) => here(`../../${path}`);

// Inside of `node_modules`: from there the bundle finds what it imports, and Git does not see it.
const cache = root('node_modules/.cache/');
mkdirSync(cache, { recursive: true });
const outDir = mkdtempSync(join(cache, 'brokers-'));
// Left alone, the bundler makes it `production`, where plain HTTP on loopback is refused.
process.env.NODE_ENV ??= 'test';
await build({
  configFile: false,
  logLevel: 'error',
  resolve: {
    alias: [
      { find: /^nestjs-powens-connections$/, replacement: root('libs/connections/src/index.ts') },
      {
        find: /^nestjs-powens-connections\/brokers$/,
        replacement: root('libs/connections/src/brokers/index.ts'),
      },
      {
        find: /^nestjs-powens-connections\/consumer$/,
        replacement: root('libs/connections/src/consumer/index.ts'),
      },
      { find: /^powens-sandbox$/, replacement: root('libs/powens-sandbox/src/index.ts') },
    ],
  },
  build: {
    ssr: true,
    outDir,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: { rig: here('rig.ts'), relay: here('relay.ts'), consumer: here('consumer.ts') },
      output: { entryFileNames: '[name].mjs' },
    },
  },
});

const rig = spawn(
  process.execPath,
  ['--enable-source-maps', join(outDir, 'rig.mjs'), ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => rig.kill(signal));
}
rig.on('exit', (code, signal) => {
  rmSync(outDir, { recursive: true, force: true });
  process.exitCode = code ?? 1;
  if (signal !== null) {
    console.error(`the rig was ended by ${signal}`);
  }
});
