import { type Compiler, readJson } from '../source/compiler.js';
import { type Draft, join, RefusedError } from '../files.js';
import { parse } from '../source/source-text.js';
import { isBundled, type NestSettings, outputOf, type Settings, settingsOf } from './nest-settings.js';
import { moduleIn, type RootModule, rootModuleOf } from './root-module-search.js';

/** What a person can say; `schema.json` has the meanings. */
export interface NestAddOptions {
  readonly sourceRoot?: string;
  readonly project?: string;
  readonly module?: string;
  readonly name?: string;
  readonly domain?: string;
  readonly skipInstall?: boolean;
}

/** What was found out about an application. */
export interface Project {
  readonly sourceRoot: string;
  /** Every file that may configure TypeORM: of the application, its libraries and the root folder. */
  readonly sources: readonly string[];
  readonly rootModule: RootModule;
  /** How its files end in imports: `.js` or nothing. */
  readonly extension: string;
  /** The folder that holds the compiled `main.js`; undefined when a bundler makes one file of all. */
  readonly output: string | undefined;
}

/**
 * Finds the application, its root module and the style of its imports.
 *
 * @throws RefusedError when the root module cannot be found
 */
export function findProject(ts: Compiler, draft: Draft, options: NestAddOptions): Project {
  const nest = readJson<NestSettings>(ts, draft, 'nest-cli.json') ?? {};
  const settings = settingsOf(nest, options.project);
  const chosen = options.project === undefined ? options.sourceRoot : settings.sourceRoot;
  const sourceRoot = (chosen ?? settings.sourceRoot ?? 'src').replace(/\/$/, '');
  const rootModule =
    options.module === undefined
      ? rootModuleOf(ts, draft, entryOf(draft, sourceRoot, settings))
      : moduleIn(ts, draft, options.module.replace(/^\.?\//, ''));
  const libraries = Object.values(nest.projects ?? {}).filter(({ type }) => type === 'library');
  const folders = [sourceRoot, ...libraries.map((one) => one.sourceRoot ?? '')].filter(Boolean);
  return {
    sourceRoot,
    sources: [...folders.flatMap((folder) => draft.sourcesBelow(folder)), ...draft.sourcesIn('')],
    rootModule,
    extension: extensionOf(ts, draft, rootModule.path),
    output: isBundled(nest, settings) ? undefined : outputOf(ts, draft, settings),
  };
}

function entryOf(draft: Draft, sourceRoot: string, { entryFile = 'main' }: Settings): string {
  const names = [join(sourceRoot, `${entryFile}.ts`), `${entryFile}.ts`, join(sourceRoot, 'main.ts')];
  const found = names.find((name) => draft.exists(name));
  if (found === undefined) {
    throw new RefusedError(
      `There is no ${names[0] ?? 'main.ts'}. Name the root module: --module ${sourceRoot}/app.module.ts`,
    );
  }
  return found;
}

function extensionOf(ts: Compiler, draft: Draft, path: string): string {
  const { file } = parse(ts, path, draft.read(path));
  const relative = file.statements
    .filter((one) => ts.isImportDeclaration(one))
    .map(({ moduleSpecifier }) => moduleSpecifier.getText().slice(1, -1))
    .find((specifier) => specifier.startsWith('.'));
  if (relative !== undefined) {
    return /\.[jt]s$/.exec(relative)?.[0] ?? '';
  }
  const manifest = readJson<{ readonly type?: string }>(ts, draft, 'package.json');
  return manifest?.type === 'module' ? '.js' : '';
}
