import { rewritten } from './rewritten.js';
import { isWord, REDACTED, sensitivityOf } from './sensitive-names.js';

// Every part of a text is looked at once by each of the two searches: what they remove they do not look at again.

/** A name before a list or an object, perhaps of a class: `"token":{`, `token: Secret {`, `cookies: [Object: null prototype] {`. */
const BEFORE_BRACKET =
  /(?:\b|(?<=\\[nrt]))([A-Za-z][\w-]{0,100})\\{0,15}["']?\]?\s{0,5}(?:[-=]>|:=|:|==?)\s{0,80}(?:<ref \*\d{1,9}> )?(?:[A-Z][\w$.]{0,100}(?:\(\d{1,9}\))? |\[[^[\]\r\n]{1,100}\] )?(?=[[{])/g;
/** A name of YAML that is alone in its line, as before a block of text, a list or a mapping. */
const BEFORE_BLOCK =
  /^([ \t]{0,100})(?:- {1,5}){0,5}["']?([A-Za-z][\w-]{0,100})["']?[ \t]{0,5}:[ \t]{0,5}(?:[|>][-+0-9]{0,2}[ \t]{0,5})?\r?\n/gm;
const MAPPING = /^[ \t]{0,100}(?:- {1,5}){0,5}["']?[A-Za-z][\w-]{0,100}["']?[ \t]{0,5}:/m;
const BRACKET_OR_QUOTE = /[[\]{}\r\n]|\\{0,15}["']/g;

/** Removes the lists, objects and blocks of YAML that have the name of a secret. */
export function withoutNestedSecrets(text: string): string {
  return withoutBlocks(withoutBrackets(text));
}

function withoutBrackets(text: string): string {
  return rewritten(text, BEFORE_BRACKET, ([, name = ''], start) =>
    sensitivityOf(name) === 'secret' ? { end: endOfBrackets(text, start), shown: REDACTED } : null,
  );
}

function withoutBlocks(text: string): string {
  return rewritten(text, BEFORE_BLOCK, ([, indent = '', name = ''], start) => {
    const end = endOfBlock(text, start, indent.length);
    return isSecretBlock(name, text.slice(start, end)) ? { end, shown: REDACTED } : null;
  });
}

/** The end of the bracket that opens at `start`, or of a text that was cut before it. */
function endOfBrackets(text: string, start: number): number {
  const search = new RegExp(BRACKET_OR_QUOTE);
  search.lastIndex = start;
  let depth = 0;
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const [found] = match;
    if (/["']$/.test(found)) {
      search.lastIndex = endOfString(text, found, search.lastIndex);
    } else if (/[[{]/.test(found)) {
      depth += 1;
    } else if (/[\]}]/.test(found) && (depth -= 1) === 0) {
      return search.lastIndex;
    }
  }
  return text.length;
}

/** Brackets in a string are text. A quote that does not end in its line, as in `it's`, begins none. */
function endOfString(text: string, quote: string, start: number): number {
  const search = /[\r\n]|\\{0,15}["']/g;
  search.lastIndex = start;
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const [found] = match;
    if (found === quote) {
      return search.lastIndex;
    }
    if (/[\r\n]/.test(found)) {
      break;
    }
  }
  return start;
}

/** Lines that are indented more than the name, and items of a list, which may be indented alike. */
function endOfBlock(text: string, start: number, indent: number): number {
  const line = /([ \t]*)(?:(- )|(at )|(?=[^ \t]))[^\r\n]*(?:\r?\n|$)/y;
  line.lastIndex = start;
  let end = start;
  for (let match = line.exec(text); match !== null; match = line.exec(text)) {
    const [whole, spaces = '', item, frame] = match;
    if (whole.trim() === '') {
      continue;
    }
    const isInside = spaces.length > indent || (item !== undefined && spaces.length === indent);
    if (!isInside || frame !== undefined) {
      break;
    }
    end = match.index + whole.replace(/\r?\n$/, '').length;
    if (line.lastIndex >= text.length) {
      break;
    }
  }
  return end;
}

/** A mapping below `state` is an object with names of its own. */
function isSecretBlock(name: string, block: string): boolean {
  const sensitivity = sensitivityOf(name);
  const isSecretText = !MAPPING.test(block) && !isWord(block.trim().replace(/^(?:- {1,5})?["']?|["']$/g, ''));
  return block !== '' && (sensitivity === 'secret' || (sensitivity === 'ambiguous' && isSecretText));
}
