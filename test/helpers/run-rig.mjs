/** Bundles a rig and its processes from the sources of this moment, and runs the rig with the arguments of this process. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * @param folder - of the rig, below `test/`
 * @param names - of its entries, without `.ts`; one is `rig`
 */
export async function runRig(folder, names) {
  // Inside of `node_modules`: from there the bundle finds what it imports, and Git does not see it.
  const cache = root('node_modules/.cache/');
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, `${folder}-`));
  // Left alone, the bundler makes it `production`, where plain HTTP on loopback is refused.
  process.env.NODE_ENV ??= 'test';
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: {
      alias: [
        { find: /^nestjs-powens-connections$/, replacement: root('libs/connections/src/index.ts') },
        {
          find: /^nestjs-powens-connections\/([a-z]+)$/,
          replacement: root('libs/connections/src/$1/index.ts'),
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
        input: Object.fromEntries(names.map((name) => [name, root(`test/${folder}/${name}.ts`)])),
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
      process.stderr.write(`the rig was ended by ${signal}\n`);
    }
  });
}
