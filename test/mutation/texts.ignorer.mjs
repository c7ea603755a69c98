/**
 * Texts that people read, and that no code decides on: messages of errors and lines of logs. A test that repeats one would
 * only say that it has not changed.
 */
import { PluginKind, declareValuePlugin } from '@stryker-mutator/api/plugin';

const LOGGING = new Set(['log', 'warn', 'error', 'debug', 'verbose', 'fatal']);
/** Functions that do nothing but write such a text. */
const WRITERS = new Set(['describe', 'textOf']);
/** Functions that make an error of such a text. */
const MAKERS = new Set(['invalid', 'unsealable']);
const BUILT_IN = new Set(['Error', 'RangeError', 'TypeError']);

const texts = {
  shouldIgnore(path) {
    if (path.isFunctionDeclaration() && WRITERS.has(path.node.id?.name)) return 'writes a line of a log';
    if (path.isStringLiteral({ value: 'utf8' })) return 'the encoding that Node takes without one';
    if (isUnread(path)) return 'nothing reads the first item of this list';
    return isText(path) ? reasonOf(path) : undefined;
  },
};

function reasonOf({ parent, node }) {
  if (parent.type === 'NewExpression' && parent.callee.name === 'Logger') return 'name of a logger';
  if (parent.type === 'NewExpression' && isErrorMessage(parent, node)) return 'message of an error';
  if (parent.type === 'CallExpression' && MAKERS.has(parent.callee.name)) return 'message of an error';
  return isLogged(parent) ? 'line of a log' : undefined;
}

/** A literal, or several of them joined by `+`. */
function isText(path) {
  return path.isStringLiteral() || path.isTemplateLiteral() || path.isBinaryExpression({ operator: '+' });
}

/** `const [, first] = pattern.exec(text) ?? []` */
function isUnread(path) {
  const holder = path.parentPath?.parent;
  return (
    path.isArrayExpression() &&
    path.node.elements.length === 0 &&
    holder?.type === 'VariableDeclarator' &&
    holder.id.type === 'ArrayPattern' &&
    holder.id.elements[0] === null
  );
}

/** The first argument of our own errors is a code, or the name of an option. */
function isErrorMessage({ callee, arguments: given }, node) {
  return (
    callee.type === 'Identifier' &&
    callee.name.endsWith('Error') &&
    (BUILT_IN.has(callee.name) || given.indexOf(node) === 1)
  );
}

function isLogged({ type, callee }) {
  return (
    type === 'CallExpression' &&
    callee.type === 'MemberExpression' &&
    LOGGING.has(callee.property.name) &&
    /logger/i.test(
      callee.object.property?.id?.name ?? callee.object.property?.name ?? callee.object.name ?? '',
    )
  );
}

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'texts', texts)];
