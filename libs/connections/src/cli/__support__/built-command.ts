import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const REPOSITORY = fileURLToPath(new URL('../../../../../', import.meta.url));
const SOURCES = join(REPOSITORY, 'libs/connections/src');

/** The command as it is published: JavaScript that node runs. */
export interface BuiltCommand {
  readonly file: string;
  remove(): void;
}

/**
 * Compiles the library as it is now, without looking at types: what `dist` holds may be of yesterday, and a whole build
 * takes longer than the tests that need it.
 */
export function buildCommand(name: 'connections-keys' | 'connections-doctor'): BuiltCommand {
  // Inside the repository, or the packages would not be found.
  const folder = join(REPOSITORY, '.artifacts', `${name}-${process.pid}`);
  const { config } = ts.readConfigFile(join(REPOSITORY, 'tsconfig.json'), (file) =>
    readFileSync(file, 'utf8'),
  ) as { config: { compilerOptions: unknown } };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, REPOSITORY);
  for (const source of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })) {
    if (!source.endsWith('.ts') || /spec\.ts$|__\w+__/.test(source)) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(SOURCES, source), 'utf8'), {
      // Alone, a file does not know of the package.json that makes it an ES module.
      compilerOptions: { ...options, module: ts.ModuleKind.ES2022, sourceMap: false },
      fileName: join(SOURCES, source),
    });
    const target = join(folder, source.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  return {
    file: join(folder, `cli/${name}.js`),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
