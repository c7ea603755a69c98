import type TypeScript from 'typescript';
import type { Compiler } from './compiler.js';
import { bare, importsOf, propertyOf, type Source } from './source-text.js';

/** A text that is put into a file at a position of the text as it was parsed. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
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
