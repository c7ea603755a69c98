import { type Compiler, readJson } from '../source/compiler.js';
import { type Draft, RefusedError } from '../files.js';

/** Settings of an application or a library, as `nest-cli.json` has them. */
export interface Settings {
  readonly sourceRoot?: string;
  readonly entryFile?: string;
  readonly type?: string;
  readonly compilerOptions?: {
    readonly builder?: string | { readonly type?: string };
    readonly webpack?: boolean;
    readonly tsConfigPath?: string;
  };
}

/** The whole of `nest-cli.json`. */
export interface NestSettings extends Settings {
  readonly monorepo?: boolean;
  readonly projects?: Readonly<Record<string, Settings>>;
}

/** The settings of a project, over those of the workspace. @throws RefusedError when there is no such project */
export function settingsOf(nest: NestSettings, project: string | undefined): Settings {
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

/** A monorepo is built by a bundler unless it says otherwise, any other application by the compiler. */
export function isBundled(nest: NestSettings, { compilerOptions = {} }: Settings): boolean {
  const { builder, webpack } = compilerOptions;
  const kind = typeof builder === 'object' ? builder.type : builder;
  if (kind !== undefined) return kind === 'webpack' || kind === 'rspack';
  return webpack ?? nest.monorepo ?? false;
}

/** `node dist/main` of a script says it best; `outDir` does not say which folder of the sources is left out. */
export function outputOf(ts: Compiler, draft: Draft, { compilerOptions = {} }: Settings): string | undefined {
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
