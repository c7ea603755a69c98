import type { AxiosResponse } from 'axios';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { fileOf } from './file.parsers.js';

function nameIn(disposition: string): string | null {
  const answer = { data: Readable.from([]), headers: { 'content-disposition': disposition } };
  return fileOf(answer as unknown as AxiosResponse<Readable>).name;
}

describe('the name of a file', () => {
  it.each([
    ['attachment; filename="facture 03.pdf"', 'facture 03.pdf'],
    ['attachment; filename=facture.pdf; size=3', 'facture.pdf'],
    [`attachment; filename="x.pdf"; filename*=UTF-8''relev%C3%A9.pdf`, 'relevé.pdf'],
    [`attachment; filename="x.pdf"; filename*=UTF-8''%ZZ`, 'x.pdf'],
    ['attachment; filename="a \\"b\\".pdf"', 'a "b".pdf'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="C:\\\\temp\\\\x.pdf"', 'x.pdf'],
    [`attachment; filename*=UTF-8''..%2F..%2Fx.pdf`, 'x.pdf'],
    ['attachment; filename=".."', null],
    ['attachment', null],
  ])('should be that of %s, without a path', (disposition, name) => {
    expect(nameIn(disposition)).toBe(name);
  });
});
