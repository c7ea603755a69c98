import { FORMER_NAMES, FORMER_WORDS } from './former-words.mjs';

const WORD = new RegExp(`\\b(?:${Object.keys(FORMER_WORDS).join('|').replaceAll(' ', '\\s+')})\\b`, 'gi');
const NAME = new RegExp(`\\b(?:${Object.keys(FORMER_NAMES).join('|')}|(?:MOST|LONGEST|CAP)_[A-Z_]+)\\b`, 'g');

/** ESLint rule: reports a former word in a file, whatever it stands in, with the word of today. */
export const formerWords = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { former: '"{{word}}" is a former word here: {{today}}.' },
  },
  create(context) {
    const { sourceCode } = context;
    const report = ({ 0: word, index }, today) => {
      context.report({
        loc: {
          start: sourceCode.getLocFromIndex(index),
          end: sourceCode.getLocFromIndex(index + word.length),
        },
        messageId: 'former',
        data: { word, today: today ?? 'leave it out' },
      });
    };
    return {
      Program() {
        for (const found of sourceCode.text.matchAll(WORD)) {
          report(found, FORMER_WORDS[found[0].toLowerCase().replaceAll(/\s+/g, ' ')]);
        }
        for (const found of sourceCode.text.matchAll(NAME)) {
          report(found, FORMER_NAMES[found[0]] ?? 'MAX_…');
        }
      },
    };
  },
};

/** A parser for documents: ESLint sees their text, and no code. */
export const textParser = {
  meta: { name: 'text' },
  parseForESLint(text) {
    const end = { line: text.split('\n').length, column: 0 };
    return {
      ast: {
        type: 'Program',
        body: [],
        tokens: [],
        comments: [],
        range: [0, text.length],
        loc: { start: { line: 1, column: 0 }, end },
      },
    };
  },
};
