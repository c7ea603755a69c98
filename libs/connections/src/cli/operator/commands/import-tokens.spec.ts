import { describe, expect, it } from 'vitest';
import type { TokenImportService } from '../../../flow/token-import/token-import.service.js';
import type { ImportEntry } from '../../../flow/token-import/token-import.types.js';
import type { Invocation } from '../command.js';
import { importTokens } from './import-tokens.js';

const LINE = (owner: string): string => `{"owner":"${owner}","token":"t"}`;

/** Imports what is piped in, into a service that refuses the owner `bad`. */
async function ran(stdin: string): Promise<{ code: number; owners: unknown[]; text: string }> {
  const owners: unknown[] = [];
  const service = {
    async import(entries: AsyncIterable<ImportEntry>) {
      for await (const { owner } of entries) owners.push(owner);
      const failed = owners.flatMap((owner, index) =>
        owner === 'bad' ? [{ index, code: 'powens_refused' }] : [],
      );
      return { imported: owners.length - failed.length, unchanged: 0, failed };
    },
  } as unknown as TokenImportService;
  let text = '';
  const invocation = {
    operands: ['-'],
    given: {},
    context: {
      stdin: (async function* piped() {
        // In pieces, as a pipe gives them: no piece ends with a line.
        for (let at = 0; at < stdin.length; at += 7) {
          yield await Promise.resolve(Buffer.from(stdin.slice(at, at + 7)));
        }
      })(),
      stderr: { write: () => true },
      signal: new AbortController().signal,
    },
    service: () => Promise.resolve(service),
    print: (_: unknown, written: string) => (text = written),
  } as unknown as Invocation;
  return { code: await importTokens(invocation), owners, text };
}

describe(importTokens.name, () => {
  it.each([
    ['a blank line at its end', `${LINE('ann')}\n${LINE('ben')}\n\n`],
    ['blank lines between', `${LINE('ann')}\n\n \t\r\n${LINE('ben')}`],
    ['a byte order mark', `\ufeff${LINE('ann')}\r\n${LINE('ben')}\r\n`],
    ['a blank line behind its byte order mark', `\ufeff\n${LINE('ann')}\n${LINE('ben')}`],
  ])('should import a file with %s', async (_, file) => {
    expect(await ran(file)).toMatchObject({ code: 0, owners: ['ann', 'ben'] });
  });

  it('should import nothing from a file of blank lines', async () => {
    expect(await ran('\ufeff\n\n')).toMatchObject({ code: 0, owners: [] });
  });

  it('should name the lines of the file, blank ones counted', async () => {
    const { code, text } = await ran(`\n${LINE('bad')}\n\n${LINE('ann')}\n\n\n${LINE('bad')}\n`);
    expect([code, text]).toEqual([
      1,
      '1 imported, 0 unchanged, 2 failed.\nline 2: powens_refused\nline 7: powens_refused\n',
    ]);
    await expect(ran(`\ufeff${LINE('ann')}\n\nhunter2`)).rejects.toThrow('Line 3 is not');
  });

  it.each(['\ufeff\ufeff', `${LINE('ann')}\n\ufeff${LINE('ben')}`, 'null', '[]', '""'])(
    'should stop at what is neither blank nor an entry: %j',
    async (file) => {
      await expect(ran(file)).rejects.toThrow(/^Line [12] is not/);
    },
  );
});
