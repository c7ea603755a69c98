import { describe, expect, it } from 'vitest';
import { summaryOf } from './webhook-summary.js';

describe('the bounds of a webhook body', () => {
  const repeated = (part: string, times: number): string => Array(times).fill(part).join(',');
  it.each<[string, string, boolean]>([
    ['a number of 40 characters', `{"a": ${'9'.repeat(40)}}`, true],
    ['a number of 41 characters', `{"a": ${'9'.repeat(41)}}`, false],
    ['a fraction of 41 characters', `{"a": [0.${'9'.repeat(39)}]}`, false],
    ['10 000 names in an object', `{"a": {${repeated('"b":1', 10_000)}}}`, true],
    ['10 001 names in an object', `{"a": {${repeated('"b":1', 10_001)}}}`, false],
    ['10 001 items in a list', `{"a": [${repeated('1', 10_001)}]}`, true],
  ])('should tell whether it takes %s [N9]', async (_, text, isTaken) => {
    expect((await summaryOf([Buffer.from(text)])) !== null).toBe(isTaken);
  });

  it('should look at nothing behind what it refuses [N9]', async () => {
    let read = 0;
    const endless = function* (): Generator<Buffer> {
      for (;;) {
        read += 1;
        yield Buffer.alloc(64 * 1024, '9');
      }
    };
    const body = function* (): Generator<Buffer> {
      yield Buffer.from('{"a":');
      yield* endless();
    };
    expect(await summaryOf(body())).toBeNull();
    expect(read).toBe(1);
  });

  it('should keep nothing that is too long or too much, however large the body is', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => `"k${index}": ${index}`).join(', ');
    const text = `{"id": 1, "type": "${'x'.repeat(300)}", "id_user": "${'9'.repeat(65)}", ${many}}`;
    const summary = await summaryOf([Buffer.from(text)]);
    expect(JSON.stringify(summary)).toBe('{"root":{"id":"1"},"user":{},"connection":{},"ownership":{}}');
  });

  it.each([
    ['a text of as many bytes as are looked at', 1024, ''],
    ['one that is longer', 1025, ''],
    ['an escape at the end of what is looked at', 1022, '\\n'],
  ])('should keep nothing of %s', async (_, length, end) => {
    const summary = await summaryOf([Buffer.from(`{"type": "${'x'.repeat(length)}${end}", "id": 1}`)]);
    expect(summary).toMatchObject({ root: { id: '1' } });
    expect(summary?.root).not.toHaveProperty('type');
  });

  it('should keep a text of 64 characters, and none of 65', async () => {
    const summary = await summaryOf([
      Buffer.from(`{"type": "${'x'.repeat(64)}", "user": {"id": "${'x'.repeat(65)}"}}`),
    ]);
    expect(summary).toMatchObject({ root: { type: 'x'.repeat(64) }, user: {} });
    expect(summary?.user).not.toHaveProperty('id');
  });

  it('should let others have their turn while it reads a large body, and not while it reads a small one', async () => {
    const turnsDuring = async (bytes: number): Promise<number> => {
      let turns = 0;
      let isOver = false;
      const count = (): void => {
        turns += 1;
        if (!isOver) setImmediate(count);
      };
      setImmediate(count);
      await summaryOf([Buffer.from(`{"a": "${'x'.repeat(bytes)}"}`)]);
      isOver = true;
      return turns;
    };
    expect(await turnsDuring(100_000)).toBe(0);
    expect(await turnsDuring(600_000)).toBeGreaterThanOrEqual(3);
  });

  it('should keep nothing that processing does not read [N18]', async () => {
    const text = JSON.stringify({
      id: 1,
      iban: 'FR7630006000011234567890189',
      balance: 1204.5,
      user: { id: 2, email: 'ann@example.org', name: 'Ann' },
      connection: { id: 3, state: 'wrongpass', holder: 'Ann Example', accounts: [{ iban: 'FR76' }] },
    });
    const summary = await summaryOf([Buffer.from(text)]);
    expect(JSON.stringify(summary)).toBe(
      '{"root":{"id":"1"},"user":{"id":"2"},"connection":{"id":"3","state":"wrongpass"},"ownership":{}}',
    );
  });
});
