import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCommand } from './__support__/command-under-test.js';
import { COMMON } from './operator/command.js';
import { COMMANDS } from './operator/commands.js';

const DOCUMENTS = [
  'README.md',
  'SECURITY.md',
  ...readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

/** What the documents tell people to type, as words after `npx connections`. */
const TYPED = DOCUMENTS.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/npx connections ([a-z][^`|\n#]*)/g)].map(([, line = '']) => ({
    file,
    line: line.trim(),
  })),
);

/** What a command is called, and the options that a line gives it. */
function wordsOf(line: string): { words: string[]; options: string[] } {
  const words = line.split(/\s+/);
  const end = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
  return {
    words: (end === -1 ? words : words.slice(0, end)).slice(0, 2),
    options: words.filter((word) => word.startsWith('--')).map((word) => word.slice(2)),
  };
}

describe('the commands in the documents', () => {
  it('should be found', () => {
    expect(TYPED.length).toBeGreaterThan(30);
    expect(new Set(TYPED.map(({ file }) => file)).size).toBeGreaterThan(2);
  });

  it.each(TYPED)('should be there: $line ($file)', async ({ line }) => {
    const { words, options } = wordsOf(line);
    const [name = '', second] = words;
    if (name === 'keys' || name === 'doctor') {
      const { code, stdout } = await runCommand([...words, '--help'], {});
      expect(code).toBe(0);
      if (second !== undefined) expect(stdout).toMatch(new RegExp(`\\b${second}\\b`));
      for (const option of options) expect(stdout).toContain(`--${option}`);
      return;
    }
    const command = COMMANDS.find(({ words: own }) => own.every((word, index) => words[index] === word));
    expect(command?.words).toBeDefined();
    expect(Object.keys({ ...COMMON, ...command?.options })).toEqual(expect.arrayContaining(options));
  });
});
