import type TypeScript from 'typescript';
import type { Compiler } from './compiler.js';
import { type Draft, folderOf } from '../files.js';

/** A parsed file. */
export interface Source {
  readonly path: string;
  readonly file: TypeScript.SourceFile;
}

/** Parses a file. Positions are those of `text`. */
export function parse(ts: Compiler, path: string, text: string): Source {
  return { path, file: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** Every node of a kind, outer ones first. */
export function* nodesOf<T extends TypeScript.Node>(
  ts: Compiler,
  root: TypeScript.Node,
  is: (node: TypeScript.Node) => node is T,
): Generator<T> {
  if (is(root)) yield root;
  for (const child of root.getChildren()) {
    yield* nodesOf(ts, child, is);
  }
}

/** The value of a property of an object literal. */
export function propertyOf(
  ts: Compiler,
  literal: TypeScript.ObjectLiteralExpression,
  name: string,
): TypeScript.PropertyAssignment | TypeScript.ShorthandPropertyAssignment | undefined {
  return literal.properties
    .filter((one) => ts.isPropertyAssignment(one) || ts.isShorthandPropertyAssignment(one))
    .find((one) => nameOf(ts, one.name) === name);
}

function nameOf(ts: Compiler, name: TypeScript.PropertyName): string | undefined {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : undefined;
}

/** Without `as const`, `satisfies X` and parentheses. */
export function bare(ts: Compiler, expression: TypeScript.Expression): TypeScript.Expression {
  return ts.isAsExpression(expression) ||
    ts.isSatisfiesExpression(expression) ||
    ts.isParenthesizedExpression(expression)
    ? bare(ts, expression.expression)
    : expression;
}

/** The names that a statement binds. */
export function importsOf(ts: Compiler, { importClause }: TypeScript.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  const named = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : [];
  return [...named.map(({ name }) => name.text), ...(importClause?.name ? [importClause.name.text] : [])];
}

/** The specifier by which a file imports a name. */
export function specifierOf(ts: Compiler, { file }: Source, name: string): string | undefined {
  const declaration = file.statements
    .filter((one) => ts.isImportDeclaration(one))
    .find((one) => importsOf(ts, one).includes(name));
  const specifier = declaration?.moduleSpecifier;
  return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : undefined;
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
