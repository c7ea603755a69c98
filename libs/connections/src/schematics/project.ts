import type { Compiler } from './compiler.js';
import { folderOf, join, RefusedError, type Draft } from './files.js';
import { nodesOf, parse, specifierOf, type Source } from './source-text.js';

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
  readonly rootModule: { readonly path: string; readonly className: string };
  /** How its files end in imports: `.js` or nothing. */
  readonly extension: string;
  /** The folder that holds the compiled `main.js`; undefined when a bundler makes one file of all. */
  readonly output: string | undefined;
}

interface Settings {
  readonly sourceRoot?: string;
  readonly entryFile?: string;
  readonly type?: string;
  readonly compilerOptions?: {
    readonly builder?: string | { readonly type?: string };
    readonly webpack?: boolean;
    readonly tsConfigPath?: string;
  };
}

interface NestSettings extends Settings {
  readonly monorepo?: boolean;
  readonly projects?: Readonly<Record<string, Settings>>;
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

function settingsOf(nest: NestSettings, project: string | undefined): Settings {
  if (project === undefined) return nest;
  const found = nest.projects?.[project];
  if (found === undefined) {
    const names = Object.keys(nest.projects ?? {}).join(', ') || 'none';
    throw new RefusedError(`nest-cli.json has no project "${project}". Its projects: ${names}.`);
  }
  return {
    ...nest,
    ...found,
    compilerOptions: { ...nest.compilerOptions, ...found.compilerOptions },
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

const STARTS = new Set(['create', 'createMicroservice', 'createApplicationContext', 'run']);
const FACTORIES = new Set(['NestFactory', 'CommandFactory']);

/** The module that the program starts with. */
function rootModuleOf(ts: Compiler, draft: Draft, entry: string): Project['rootModule'] {
  const source = parse(ts, entry, draft.read(entry));
  for (const call of nodesOf(ts, source.file, ts.isCallExpression)) {
    const [first] = call.arguments;
    const { expression } = call;
    const starts =
      ts.isPropertyAccessExpression(expression) &&
      FACTORIES.has(expression.expression.getText()) &&
      STARTS.has(expression.name.text);
    if (starts && first !== undefined && ts.isIdentifier(first)) {
      return { path: declaringFile(ts, draft, source, first.text), className: first.text };
    }
  }
  throw new RefusedError(
    `${entry} does not start a module by NestFactory.create(AppModule). Name the root module: --module <path>`,
  );
}

function declaringFile(ts: Compiler, draft: Draft, source: Source, className: string): string {
  const specifier = specifierOf(ts, source, className);
  if (specifier === undefined) return source.path;
  const found = resolveImport(draft, source.path, specifier);
  if (found === undefined) {
    throw new RefusedError(
      `${source.path} imports ${className} from "${specifier}", which is no file beside it. Name it: --module <path>`,
    );
  }
  return found;
}

/** The file that a relative import names. @returns undefined for packages and aliases */
export function resolveImport(draft: Draft, from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const parts = folderOf(from).split('/').filter(Boolean);
  for (const part of specifier.replace(/\.[jt]s$/, '').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  const path = parts.join('/');
  return [`${path}.ts`, `${path}/index.ts`].find((name) => draft.exists(name));
}

/** The module that a file named by a person holds. */
function moduleIn(ts: Compiler, draft: Draft, path: string): Project['rootModule'] {
  const { file } = parse(ts, path, draft.read(path));
  const classes = file.statements
    .filter((one) => ts.isClassDeclaration(one))
    .filter((one) => ts.getDecorators(one)?.some((each) => each.getText().startsWith('@Module(')));
  const [only, ...others] = classes;
  if (only?.name === undefined || others.length > 0) {
    throw new RefusedError(`${path} has ${classes.length} classes with @Module(): one is needed.`);
  }
  return { path, className: only.name.text };
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

/** A monorepo is built by a bundler unless it says otherwise, any other application by the compiler. */
function isBundled(nest: NestSettings, { compilerOptions = {} }: Settings): boolean {
  const { builder, webpack } = compilerOptions;
  const kind = typeof builder === 'object' ? builder.type : builder;
  if (kind !== undefined) return kind === 'webpack' || kind === 'rspack';
  return webpack ?? nest.monorepo ?? false;
}

/** `node dist/main` of a script says it best; `outDir` does not say which folder of the sources is left out. */
function outputOf(ts: Compiler, draft: Draft, { compilerOptions = {} }: Settings): string | undefined {
  const { scripts } =
    readJson<{ readonly scripts?: Record<string, string> }>(ts, draft, 'package.json') ?? {};
  const [, started] = /\bnode\s+(?:\S+\s+)*?(\S+)\/main\b/.exec(scripts?.['start:prod'] ?? '') ?? [];
  return started ?? outDirOf(ts, draft, compilerOptions);
}

function outDirOf(
  ts: Compiler,
  draft: Draft,
  compilerOptions: NonNullable<Settings['compilerOptions']>,
): string | undefined {
  const path = compilerOptions.tsConfigPath ?? 'tsconfig.json';
  const config = readJson<{ readonly compilerOptions?: { readonly outDir?: string } }>(ts, draft, path);
  return config?.compilerOptions?.outDir?.replace(/^\.\//, '');
}

/** Reads JSON as the tools of TypeScript do, with comments. @throws RefusedError when it is none */
export function readJson<T>(ts: Compiler, draft: Draft, path: string): T | undefined {
  const text = draft.find(path);
  if (text === undefined) return undefined;
  const { config, error } = ts.parseConfigFileTextToJson(path, text) as { config?: T; error?: unknown };
  if (error !== undefined || config === undefined) {
    throw new RefusedError(`${path} cannot be read: it is no JSON.`);
  }
  return config;
}
