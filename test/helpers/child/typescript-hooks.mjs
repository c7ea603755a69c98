import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const cache = new URL('node_modules/.cache/child-host/', root);
mkdirSync(cache, { recursive: true });

const ALIASES = {
  'nestjs-powens-connections': 'libs/connections/src/index.ts',
  'powens-sandbox': 'libs/powens-sandbox/src/index.ts',
};

/** Lets a child process run the sources as they are: nothing has to be built before a test may kill it. */
export async function resolve(specifier, context, next) {
  if (Object.hasOwn(ALIASES, specifier)) {
    return { url: new URL(ALIASES[specifier], root).href, shortCircuit: true };
  }
  if (specifier.startsWith('.') && specifier.endsWith('.js')) {
    const source = new URL(specifier.replace(/js$/, 'ts'), context.parentURL);
    if (existsSync(source)) {
      return { url: source.href, shortCircuit: true };
    }
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) {
    return next(url, context);
  }
  const text = readFileSync(new URL(url), 'utf8');
  const kept = new URL(`${createHash('sha256').update(url).update(text).digest('hex')}.mjs`, cache);
  if (!existsSync(kept)) {
    await keep(kept, await transpiled(fileURLToPath(url), text));
  }
  return { format: 'module', source: readFileSync(kept, 'utf8'), shortCircuit: true };
}

/** Imported only when something changed; the transformer of the tests themselves, many times as fast as the compiler. */
async function transpiled(fileName, text) {
  const { transformWithOxc } = await import('vite');
  const { code, map } = await transformWithOxc(text, fileName, {
    sourcemap: true,
    // `register.mjs` has them.
    helpers: { mode: 'External' },
  });
  const encoded = Buffer.from(JSON.stringify(map)).toString('base64');
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
}

/** Renamed into place: another child may look for it in this very moment. */
async function keep(file, text) {
  const draft = new URL(`${file.href}.${process.pid}`);
  writeFileSync(draft, text);
  renameSync(draft, file);
}
