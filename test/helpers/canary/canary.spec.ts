import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertClean } from './assert-clean.js';

const SECRET = `tök+en/${randomBytes(24).toString('base64')}`;
const BYTES = Buffer.from(SECRET);

const FORMS: [form: string, planted: string][] = [
  ['utf8', SECRET],
  ['base64', BYTES.toString('base64')],
  ['base64 inside a longer text', Buffer.from(`client:${SECRET}:rest`).toString('base64')],
  ['base64 inside a longer text, other alignment', Buffer.from(`client1:${SECRET}`).toString('base64')],
  ['base64url', BYTES.toString('base64url')],
  ['percent-encoded', encodeURIComponent(SECRET)],
  ['percent-encoded twice', encodeURIComponent(encodeURIComponent(SECRET))],
  ['percent-encoded by URLSearchParams', new URLSearchParams({ code: SECRET }).toString()],
  ['hex', BYTES.toString('hex')],
  ['hex, upper case', BYTES.toString('hex').toUpperCase()],
  ['JSON', JSON.stringify({ code: SECRET })],
];

describe('canary scan', () => {
  let runFolder: string;

  beforeEach(() => {
    runFolder = mkdtempSync(join(tmpdir(), 'canary-'));
    for (const name of ['canary', 'captured', 'dropped']) mkdirSync(join(runFolder, name));
    register('access token', BYTES);
  });

  afterEach(() => {
    rmSync(runFolder, { recursive: true });
  });

  function register(kind: string, bytes: Buffer): void {
    const line = JSON.stringify({ kind, base64: bytes.toString('base64') });
    writeFileSync(join(runFolder, 'canary', 'secrets.1.ndjson'), `${line}\n`, { flag: 'a' });
  }

  function capture(content: string | Buffer): void {
    writeFileSync(join(runFolder, 'captured', 'host-log.1.log'), content);
  }

  it.each(FORMS)('should find a secret written as %s, and be content once it is gone', (_form, planted) => {
    capture(`before ${planted} after`);
    expect(() => assertClean(runFolder)).toThrow('access token');
    capture('before [redacted] after');
    expect(assertClean(runFolder)).toContain('none of 1 secrets in 1 files');
  });

  it('should name kind, form and place, and never the secret', () => {
    capture(`0123456789${SECRET} and again ${SECRET}`);
    const complain = (): string => assertClean(runFolder);
    expect(complain).toThrow('access token (utf8) in captured/host-log.1.log at byte 10, 2 times');
    expect(complain).not.toThrow(SECRET);
  });

  it('should find raw bytes in the files of a database', () => {
    const key = randomBytes(32);
    register('key', key);
    mkdirSync(join(runFolder, 'pgdata', 'base'), { recursive: true });
    writeFileSync(
      join(runFolder, 'pgdata', 'base', '16384'),
      Buffer.concat([Buffer.alloc(5000), key, Buffer.alloc(77)]),
    );
    expect(() => assertClean(runFolder)).toThrow('key (raw) in pgdata/base/16384 at byte 5000');
  });

  it('should find a secret across the border of two chunks, once', () => {
    register('a longer secret', randomBytes(200));
    const chunk = 8 * 1024 * 1024;
    for (const start of [chunk - 1, chunk - BYTES.length, chunk - 150, chunk]) {
      capture(Buffer.concat([Buffer.alloc(start), BYTES, Buffer.alloc(500)]));
      expect(() => assertClean(runFolder)).toThrow(new RegExp(`at byte ${start}$`));
    }
  });

  it('should read 16 MB for 3000 secrets in about the time it takes for 30', () => {
    const randomCode = (): Buffer => Buffer.from(`code-${randomBytes(24).toString('base64url')}`);
    capture(randomBytes(16 * 1024 * 1024));
    const scanned = (): number => Number(/(\d+) ms\)$/.exec(assertClean(runFolder))?.[1]);
    const timesFor = (count: number): number => {
      rmSync(join(runFolder, 'canary', 'secrets.1.ndjson'));
      for (let i = 0; i < count; i++) register('code', randomCode());
      return Math.min(scanned(), scanned(), scanned());
    };
    // Looking for one after the other would take a hundred times as long.
    expect(timesFor(3000) / Math.max(1, timesFor(30))).toBeLessThan(25);
  });
});
