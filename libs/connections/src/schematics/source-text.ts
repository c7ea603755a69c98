import type TypeScript from 'typescript';
import type { Compiler } from './compiler.js';

/** A text that is put into a file at a position of the text as it was parsed. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** A parsed file. */
export interface Source {
  readonly path: string;
  readonly file: TypeScript.SourceFile;
}

/** Parses a file. Positions are those of `text`. */
export function parse(ts: Compiler, path: string, text: string): Source {
  return { path, file: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** Puts all texts in; those of one position in their order. */
export function insert(text: string, insertions: readonly Insertion[]): string {
  const ordered = insertions.map((one, order) => ({ ...one, order }));
  ordered.sort((a, b) => b.at - a.at || b.order - a.order);
  return ordered.reduce(
    (result, { at, text: added }) => result.slice(0, at) + added + result.slice(at),
    text,
  );
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

/**
 * Adds an item to an array that is a property of an object literal, and the property when it is missing.
 *
 * @returns 'unknown' when the property is something else than an array literal, or may come from a spread
 */
export function addToArray(
  ts: Compiler,
  literal: TypeScript.ObjectLiteralExpression,
  name: string,
  item: string,
): Insertion[] | 'unknown' {
  const property = propertyOf(ts, literal, name);
  if (property === undefined && literal.properties.some((one) => ts.isSpreadAssignment(one))) {
    return 'unknown';
  }
  if (property === undefined) {
    return [addProperty(literal, `${name}: [${item}]`)];
  }
  const value = ts.isPropertyAssignment(property) ? bare(ts, property.initializer) : property.name;
  if (!ts.isArrayLiteralExpression(value)) return 'unknown';
  if (value.elements.some((element) => element.getText() === item)) return [];
  return [addElement(value, item)];
}

/** Before the other properties, as no comma has to be added to a line that is there. */
function addProperty(literal: TypeScript.ObjectLiteralExpression, text: string): Insertion {
  const [first] = literal.properties;
  if (first === undefined) {
    return { at: literal.getStart() + 1, text: ` ${text} ` };
  }
  return { at: first.getStart(), text: `${text},${gapBefore(first)}` };
}

function addElement(array: TypeScript.ArrayLiteralExpression, item: string): Insertion {
  const last = array.elements.at(-1);
  if (last === undefined) {
    return { at: array.getStart() + 1, text: item };
  }
  const gap = gapBefore(last);
  const hasComma = array.elements.hasTrailingComma;
  // A trailing comma stays the last sign of its line: the new line follows it.
  return hasComma
    ? { at: array.elements.end, text: `${gap}${item}${gap.includes('\n') ? ',' : ''}` }
    : { at: last.getEnd(), text: `,${gap.includes('\n') ? gap : ' '}${item}` };
}

/** The line break and indentation before a node that begins a line; a blank before another. */
export function gapBefore(node: TypeScript.Node): string {
  const text = node.getSourceFile().text;
  const [gap = ''] = /\r?\n[ \t]*$/.exec(text.slice(0, node.getStart())) ?? [];
  return gap === '' ? ' ' : gap;
}

/** The line that imports names, in the style of the file, after its other imports; nothing when it imports them already. */
export function addImport(
  ts: Compiler,
  { file }: Source,
  names: readonly string[],
  from: string,
): Insertion[] {
  const imports = file.statements.filter((one) => ts.isImportDeclaration(one));
  const missing = names.filter((name) => !imports.some((one) => importsOf(ts, one).includes(name)));
  if (missing.length === 0) return [];
  const last = imports.at(-1);
  const eol = file.text.includes('\r\n') ? '\r\n' : '\n';
  const quote = last?.moduleSpecifier.getText().startsWith('"') === true ? '"' : "'";
  const end = last === undefined || last.getText().endsWith(';') ? ';' : '';
  const line = `import { ${missing.join(', ')} } from ${quote}${from}${quote}${end}`;
  return [
    last === undefined ? { at: 0, text: `${line}${eol}` } : { at: last.getEnd(), text: `${eol}${line}` },
  ];
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
