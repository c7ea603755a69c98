import { describe, expect, it } from 'vitest';
import { summaryOf } from './webhook-summary.js';

describe('a large webhook body', () => {
  const repeated = (part: string, times: number): string => Array(times).fill(part).join(',');
  it.each<[string, string, boolean]>([
    ['a million items in a list', `{"a": [${repeated('1', 1_000_000)}]}`, true],
    ['a million and one items in a list', `{"a": [${repeated('1', 1_000_001)}]}`, false],
    ['five million values', `{"a": [${repeated(`[${repeated('1', 900_000)}]`, 6)}]}`, false],
  ])('should tell whether it takes %s [N9]', async (_, text, isTaken) => {
    expect((await summaryOf([Buffer.from(text)])) !== null).toBe(isTaken);
  });

  it('should hold nothing of a text, however long [N9]', async () => {
    const part = Buffer.alloc(1024 * 1024, 'x');
    const body = function* (): Generator<Buffer> {
      yield Buffer.from('{"id": 1, "type": "');
      for (let count = 0; count < 64; count += 1) yield part;
      yield Buffer.from('"}');
    };
    expect(await summaryOf(body())).toMatchObject({ root: { id: '1' } });
  });

  it('should survive nesting that no stack holds [W16]', async () => {
    for (const open of ['[', '{"a":', '{"user":[']) {
      const text = open.repeat(1_000_000);
      expect(await summaryOf([Buffer.from(text)])).toBeNull();
      expect(await summaryOf([Buffer.from(text.slice(0, 250_000))])).toBeNull();
    }
    const closed = `{"a":${'['.repeat(120_000)}${']'.repeat(120_000)}}`;
    expect(await summaryOf([Buffer.from(closed)])).toBeNull();
  });
});
