import type TypeScript from 'typescript';
import type { Compiler } from '../source/compiler.js';
import type { Draft } from '../files.js';
import {
  bare,
  nodesOf,
  parse,
  propertyOf,
  resolveImport,
  type Source,
  specifierOf,
} from '../source/source-text.js';

/** A place where the application gives options to TypeORM. */
export interface Use {
  readonly path: string;
  readonly kind: 'module' | 'command';
  /** The options, where they are written as an object literal; the file may be another one. */
  readonly options:
    { readonly source: Source; readonly literal: TypeScript.ObjectLiteralExpression } | undefined;
}

/** Finds the places in a file. */
export function usesIn(ts: Compiler, draft: Draft, source: Source): Use[] {
  const called = [...nodesOf(ts, source.file, ts.isCallExpression)]
    .filter(({ expression }) => /^TypeOrmModule\.forRoot(Async)?$/.test(expression.getText()))
    .filter(({ arguments: [given] }) => !isNamed(ts, given));
  const made = [...nodesOf(ts, source.file, ts.isNewExpression)].filter(
    ({ expression }) => expression.getText() === 'DataSource',
  );
  const use = (kind: Use['kind'], argument: TypeScript.Expression | undefined): Use => ({
    path: source.path,
    kind,
    options: argument && optionsOf(ts, draft, source, argument),
  });
  return [
    ...called.map(({ arguments: given }) => use('module', given[0])),
    ...made.map(({ arguments: given }) => use('command', given?.[0])),
  ];
}

/** The name of a DataSource whose options come from a factory stands beside the factory. */
function isNamed(ts: Compiler, argument: TypeScript.Expression | undefined): boolean {
  const value = argument && bare(ts, argument);
  return (
    value !== undefined && ts.isObjectLiteralExpression(value) && propertyOf(ts, value, 'name') !== undefined
  );
}

/** The literal itself, that of a constant here or in a file beside this one, or the one that a factory returns. */
function optionsOf(
  ts: Compiler,
  draft: Draft,
  source: Source,
  argument: TypeScript.Expression,
): Use['options'] {
  const value = bare(ts, argument);
  if (ts.isIdentifier(value)) return constantOf(ts, draft, source, value.text);
  const literal = [...nodesOf(ts, value, ts.isObjectLiteralExpression)].find(
    (one) => propertyOf(ts, one, 'type') !== undefined,
  );
  return literal && { source, literal };
}

function constantOf(ts: Compiler, draft: Draft, source: Source, name: string): Use['options'] {
  const specifier = specifierOf(ts, source, name);
  if (specifier !== undefined) {
    const path = resolveImport(draft, source.path, specifier);
    return path === undefined ? undefined : constantOf(ts, draft, parse(ts, path, draft.read(path)), name);
  }
  const declaration = [...nodesOf(ts, source.file, ts.isVariableDeclaration)].find(
    (one) => one.name.getText() === name,
  );
  const value = declaration?.initializer && bare(ts, declaration.initializer);
  return value !== undefined && ts.isObjectLiteralExpression(value) ? { source, literal: value } : undefined;
}
