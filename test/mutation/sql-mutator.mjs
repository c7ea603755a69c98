/**
 * Mutants of SQL: each condition of a statement is left out once. A condition of an `AND`, a `WHERE` or a `WHEN` becomes
 * `true`, one of an `OR` becomes `false`; a lock, an order and a limit are taken away.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const { types } = createRequire(require.resolve('@stryker-mutator/instrumenter'))('@babel/core');

/** Where an expression stands in the text of a template: one character of the private use area for each. */
const FIRST_MARK = 0xe000;
const WORD = /[\uE000-\uEFFF]|'[^']*'|--[^\n]*|[A-Za-z_]\w*|\S/g;
const BOUNDARIES = new Set(
  `AND OR WHERE ON WHEN THEN ELSE SELECT FROM SET ORDER GROUP LIMIT RETURNING FOR UNION AS HAVING JOIN LEFT CROSS USING
  VALUES DO , ;`.split(/\s+/),
);
const CONJUNCTIVE = new Set(['AND', 'WHERE', 'WHEN', 'HAVING']);
const TAKEN_AWAY = [
  /FOR UPDATE SKIP LOCKED/g,
  /FOR NO KEY UPDATE/g,
  /ORDER BY [^()\n]*?(?=\s*(?:LIMIT|\)|$|\n))/g,
  /\bDESC\b/g,
];

export const sqlMutator = {
  name: 'Sql',
  *mutate(path) {
    if (!path.isTaggedTemplateExpression() || !types.isIdentifier(path.node.tag, { name: 'sql' })) {
      return;
    }
    const { quasis, expressions } = path.node.quasi;
    const text = quasis
      .map(({ value }, index) => value.raw + (index < expressions.length ? mark(index) : ''))
      .join('');
    for (const changed of changesOf(text)) {
      yield types.taggedTemplateExpression(types.identifier('sql'), templateOf(changed, expressions));
    }
  },
};

/** Adds the mutator to those of Stryker, which has no option for it. @returns all of them */
export async function addSqlMutator() {
  const instrumenter = dirname(require.resolve('@stryker-mutator/instrumenter'));
  const { allMutators } = await import(pathToFileURL(join(instrumenter, 'mutators', 'mutate.js')).href);
  allMutators.push(sqlMutator);
  return allMutators;
}

/** Every text with one change. */
export function changesOf(text) {
  const conditions = conditionsOf(text).map(
    ({ from, to, value }) => text.slice(0, from) + value + text.slice(to),
  );
  const shortened = TAKEN_AWAY.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(
      ({ 0: found, index }) => text.slice(0, index) + text.slice(index + found.length),
    ),
  );
  return [...conditions, ...shortened];
}

/** Conditions between boundaries, at every depth of parentheses and `CASE`. */
function conditionsOf(text) {
  const found = [];
  const frames = [newFrame('(')];
  let previous = '';
  const close = (next) => {
    const condition = conditionOf(text, frames.at(-1), next);
    if (condition !== null) found.push(condition);
  };
  for (const { 0: token, index } of text.matchAll(WORD)) {
    const word = token.toUpperCase();
    const end = index + token.length;
    if (word === '(' || word === 'CASE') {
      touch(frames.at(-1), index, end);
      frames.push(newFrame(word));
    } else if (word === ')' || word === 'END') {
      close(')');
      if (frames.length > 1) frames.pop();
      touch(frames.at(-1), index, end);
    } else if (BOUNDARIES.has(word) && !(word === 'FROM' && previous === 'DISTINCT')) {
      close(word);
      Object.assign(frames.at(-1), newFrame(word));
    } else {
      touch(frames.at(-1), index, end);
    }
    previous = word;
  }
  close(')');
  return found;
}

function newFrame(boundary) {
  return { boundary, from: null, to: null };
}

function touch(frame, from, to) {
  frame.from ??= from;
  frame.to = to;
}

function conditionOf(text, { boundary, from, to }, next) {
  if (from === null) return null;
  const isConjunct = CONJUNCTIVE.has(boundary) || next === 'AND';
  const isDisjunct = boundary === 'OR' || next === 'OR';
  // Between AND and OR, the AND binds closer.
  const value = isConjunct ? 'true' : isDisjunct ? 'false' : null;
  return value === null || text.slice(from, to) === value ? null : { from, to, value };
}

function mark(index) {
  return String.fromCharCode(FIRST_MARK + index);
}

function templateOf(text, expressions) {
  const parts = text.split(/([\uE000-\uEFFF])/);
  const quasis = parts.filter((_, index) => index % 2 === 0);
  const used = parts.filter((_, index) => index % 2 === 1);
  return types.templateLiteral(
    quasis.map((raw, index) => types.templateElement({ raw }, index === quasis.length - 1)),
    used.map((each) => types.cloneNode(expressions[each.charCodeAt(0) - FIRST_MARK], true)),
  );
}
