import { createRequire } from 'node:module';
import { join } from 'node:path';
import type TypeScript from 'typescript';
import { type Draft, RefusedError } from '../files.js';

/** The compiler of the application. It is handed around, since this package does not depend on one. */
export type Compiler = typeof TypeScript;

/**
 * Loads the TypeScript of the application, or that of its Nest CLI.
 *
 * @param root - folder of the application
 * @throws RefusedError when there is none with an API for programs
 */
export function loadCompiler(root: string): Compiler {
  const load = createRequire(join(root, 'package.json'));
  const compiler =
    attempt(() => load('typescript')) ??
    attempt(() => createRequire(load.resolve('@nestjs/cli/package.json'))('typescript'));
  if (compiler === undefined) {
    throw new RefusedError(
      'The sources are read with TypeScript 5 or 6, which is not installed here. Install it: npm install --save-dev typescript@6.',
    );
  }
  return compiler;
}

/** TypeScript 7 can be loaded, and has no such function. */
function attempt(load: () => unknown): Compiler | undefined {
  try {
    const loaded = load() as Partial<Compiler>;
    return typeof loaded.createSourceFile === 'function' ? loaded : undefined;
  } catch {
    return undefined;
  }
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
