import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

/** Lints a text as if it were that file of the repository. */
async function formerWordsIn(text: string, filePath: string): Promise<string[]> {
  const [result] = await new ESLint().lintText(text, { filePath });
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId === 'words/former-words')
    .map(({ message }) => message);
}

describe('words', () => {
  it.each(['docs/planted.md', 'README.md', 'libs/connections/README.md'])(
    'should be refused in %s, with the word of today',
    async (file) => {
      expect(await formerWordsIn('# Events\n\nA handler is told once,\nby now. Whoever', file)).toEqual([
        '"told" is a former word here: notified, reported, emitted.',
        '"by now" is a former word here: leave it out.',
        '"Whoever" is a former word here: the user that, the process that.',
      ]);
    },
  );

  it.each(['libs/connections/src/index.ts', 'src/main.ts'])(
    'should be refused in names, comments and texts of %s',
    async (file) => {
      const code = `/** Tells nobody. */\nexport const MOST_LOOKS = 'strangers';\nexport class LandingService {}\n`;
      expect((await formerWordsIn(code, file)).map((message) => message.split('"')[1])).toEqual([
        'Tells',
        'nobody',
        'MOST_LOOKS',
        'strangers',
        'LandingService',
      ]);
    },
  );

  it('should be left alone where they are only a part of a word', async () => {
    expect(await formerWordsIn('intellectual, visitors, cleaner', 'README.md')).toEqual([]);
  });
});
