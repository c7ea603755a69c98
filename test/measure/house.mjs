/**
 * Prints the figures of a library as a house: files, lines, functions, injectables, cycles. Not part of the gate.
 *
 *   node test/measure/house.mjs [libs/connections/src]
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(process.argv[2] ?? 'libs/connections/src');
const TEST = /\.(?:spec|int-spec|e2e-spec|sweep-spec)\.ts$|(?:^|\/)__\w+__\//;
const files = readdirSync(root, { recursive: true })
  .filter((path) => path.endsWith('.ts') && !TEST.test(path))
  .sort()
  .map((path) => measured(path, readFileSync(join(root, path), 'utf8')));

const functions = files.flatMap((file) => file.functions);
const lines = files.map((file) => file.lines);
const imports = new Map(files.map((file) => [file.path, file.imports]));
const folders = new Map();
for (const file of files) {
  const folder = dirname(file.path);
  folders.set(folder, [...(folders.get(folder) ?? []), file]);
}
const largest = [...folders].sort(([, one], [, other]) => other.length - one.length)[0];

const figures = {
  files: files.length,
  lines: sum(lines),
  'lines of code': sum(files.map((file) => file.code)),
  'comments, % of lines': Math.round((100 * sum(files.map((file) => file.comments))) / sum(lines)),
  'file median / p90 / max': spread(lines),
  'function median / p90 / max': spread(functions),
  'files in cycles': inCycles(imports),
  'largest folder': `${largest[1].length} (${largest[0]})`,
  injectables: sum(files.map((file) => file.injectables)),
};
for (const [name, value] of Object.entries(figures)) {
  process.stdout.write(`${name.padEnd(30)}${value}\n`);
}

function measured(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lengths = [];
  let injectables = 0;
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body !== undefined && ts.isBlock(node.body)) {
      lengths.push(lineAt(node.getEnd()) - lineAt(node.getStart()) + 1);
    }
    if (ts.isClassDeclaration(node) && (ts.getDecorators(node) ?? []).some(isInjectable)) injectables += 1;
    ts.forEachChild(node, visit);
  };
  const lineAt = (position) => source.getLineAndCharacterOfPosition(position).line;
  visit(source);
  const all = text.endsWith('\n') ? text.split('\n').slice(0, -1) : text.split('\n');
  const { code, comments } = countLines(source, all.length);
  return {
    path,
    lines: all.length,
    code,
    comments,
    functions: lengths,
    injectables,
    imports: importsOf(source, path),
  };
}

function isInjectable({ expression }) {
  return ts.isCallExpression(expression) && expression.expression.getText() === 'Injectable';
}

/** A line with a token is code; one with nothing but a comment is a comment. */
function countLines(source) {
  const text = source.text;
  const code = new Set();
  const comment = new Set();
  const lineAt = (position) => source.getLineAndCharacterOfPosition(position).line;
  const mark = (lines, from, to) => {
    for (let line = lineAt(from); line <= lineAt(Math.max(from, to - 1)); line += 1) lines.add(line);
  };
  const visit = (node) => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
    if (node.getChildCount(source) === 0) {
      if (node.kind !== ts.SyntaxKind.EndOfFileToken) mark(code, node.getStart(source, false), node.getEnd());
      for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) {
        mark(comment, range.pos, range.end);
      }
      for (const range of ts.getTrailingCommentRanges(text, node.getEnd()) ?? []) {
        mark(comment, range.pos, range.end);
      }
      return;
    }
    node.getChildren(source).forEach(visit);
  };
  visit(source);
  return { code: code.size, comments: [...comment].filter((line) => !code.has(line)).length };
}

function importsOf(source, path) {
  return source.statements
    .filter(
      (node) =>
        (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined,
    )
    .map((node) => node.moduleSpecifier.text)
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(root, resolve(root, dirname(path), name)).replace(/\.js$/, '.ts'));
}

/** How many files reach themselves by imports. */
function inCycles(graph) {
  return [...graph.keys()].filter((start) => {
    const seen = new Set();
    const waiting = [...(graph.get(start) ?? [])];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next === start) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...(graph.get(next) ?? []));
    }
    return false;
  }).length;
}

function spread(values) {
  const sorted = values.slice().sort((one, other) => one - other);
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))];
  return `${at(0.5)} / ${at(0.9)} / ${sorted.at(-1)}`;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
