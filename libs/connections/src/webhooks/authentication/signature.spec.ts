import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSignature, SignedMessage, type ReadSignature } from './signature.js';

/** One known answer, with what it was made of. */
interface Vector {
  readonly secret: string;
  readonly path: string;
  readonly date: string;
  readonly body: string;
  readonly signature: string;
}

/** Computed elsewhere, by two implementations each, not by this one. */
const VECTORS: Record<string, Vector> = {
  'protocol notes 7.5': {
    secret: 'wh_7dK2sQmZ1pTgVn4RbXcEoL8uYfAjHi35',
    path: '/powens/webhooks/connection-deleted',
    date: '2026-03-14T09:26:53.589793Z',
    body: '{"id": 1187, "id_user": 412, "id_connector": 40, "state": null, "id_webhook_data": 90211}',
    signature: '2Y2pmcTEQnbnVusjq6b3MJukPdRD3VsS79RhozUIJ6c=',
  },
  'whole seconds': {
    secret: 'secret-key',
    path: '/user-created',
    date: '2023-01-01T00:00:00Z',
    body: 'test-body',
    signature: 'mUs6KmQU26Ng7eu5vqm64PHWRy5WN+e6p05QwwVODLo=',
  },
  microseconds: {
    secret: 'secret-key',
    path: '/v1/webhook-listener',
    date: '2022-06-27T11:08:52.577831Z',
    body: '{"id": 1, "state": "done"}',
    signature: 'D3cVwa3Q2OpUSjfVdrWjBgySupIPrwMZKTNPVmQXq9M=',
  },
};
const [first] = Object.values(VECTORS) as [Vector];
const NOW = Date.parse(first.date);
const TOLERANCE = 300;

function verifies(vector: Vector, signature: string | readonly string[] = vector.signature): boolean {
  const read = readSignature({ signature, date: vector.date }, TOLERANCE, Date.parse(vector.date));
  return read !== null && isSigned(read, vector);
}

function isSigned(read: ReadSignature, { secret, path, body }: Omit<Vector, 'signature' | 'date'>): boolean {
  return new SignedMessage([secret], path, read.date).update(Buffer.from(body)).matches(read.digest);
}

function signed(bytes: Buffer, parts: Vector = first): string {
  const { secret, path, date } = parts;
  return createHmac('sha256', secret).update(`POST.${path}.${date}.`).update(bytes).digest('base64');
}

function dateIsTaken(date: string, nowMs = NOW): boolean {
  return readSignature({ signature: first.signature, date }, TOLERANCE, nowMs) !== null;
}

function at(offsetMs: number): string {
  return new Date(NOW + offsetMs).toISOString();
}

/** A text with one bit of one character changed; still printable, so that it can be in a header. */
function bitFlips(text: string): string[] {
  return [...text].flatMap((_, index) => {
    const code = text.charCodeAt(index);
    return [1, 2, 4, 8, 16]
      .map((bit) => code ^ bit)
      .filter((other) => other > 32 && other < 127)
      .map((other) => `${text.slice(0, index)}${String.fromCharCode(other)}${text.slice(index + 1)}`);
  });
}

describe('the signature of a webhook', () => {
  it.each(Object.entries(VECTORS))('should verify the known answer with %s [W03, WH-01]', (_, vector) => {
    expect(verifies(vector)).toBe(true);
  });

  it.each(Object.entries(VECTORS))(
    'should refuse every bit changed in each part of %s [W03, WH-02]',
    (_, vector) => {
      for (const part of ['secret', 'path', 'body'] as const) {
        for (const other of bitFlips(vector[part])) {
          expect(verifies({ ...vector, [part]: other }), `${part} ${other}`).toBe(false);
        }
      }
      for (const other of bitFlips(vector.signature)) {
        expect(verifies(vector, other), `signature ${other}`).toBe(false);
      }
      const [, seconds = ''] = /(.*):/.exec(vector.date) ?? [];
      expect(verifies({ ...vector, date: `${seconds}:59Z` })).toBe(false);
    },
  );

  it('should refuse another spelling of the same instant, since the date is signed as it came [WH-01]', () => {
    const whole = VECTORS['whole seconds'] as Vector;
    expect(verifies({ ...whole, date: '2023-01-01T00:00:00.000Z' })).toBe(false);
  });

  it.each<[string, string | readonly string[]]>([
    ['doubled, as a list of Node', [first.signature, first.signature]],
    ['a list with a comma', `${first.signature}, ${first.signature}`],
    ['with an empty second one', `${first.signature},`],
    ['of the url-safe alphabet', signed(Buffer.from('x2')).replaceAll('+', '-').replaceAll('/', '_')],
    ['without its padding', first.signature.slice(0, -1)],
    ['with more padding', `${first.signature}=`],
    ['of 31 bytes', Buffer.alloc(31).toString('base64')],
    ['of 33 bytes', Buffer.alloc(33).toString('base64')],
    ['in another spelling of its last character', first.signature.replace('6c=', '6d=')],
    ['in hexadecimal', Buffer.from(first.signature, 'base64').toString('hex')],
    ['with a space before it', ` ${first.signature}`],
    ['with a line break after it', `${first.signature}\n`],
    ['with a prefix', `v1,${first.signature}`],
    ['empty', ''],
  ])('should refuse a signature %s [W06, WH-02]', (_, signature) => {
    expect(verifies(first, signature)).toBe(false);
  });

  it('should take another spelling of the last character for what it is: the same 32 bytes, not the same text', () => {
    const respelt = first.signature.replace('6c=', '6d=');
    expect(Buffer.from(respelt, 'base64')).toEqual(Buffer.from(first.signature, 'base64'));
    expect(readSignature({ signature: respelt, date: first.date }, TOLERANCE, NOW)).toBeNull();
  });

  it('should refuse what has no signature, no date, or two dates [W06, WH-02]', () => {
    const { signature, date } = first;
    expect(readSignature({ signature, date }, TOLERANCE, NOW)).not.toBeNull();
    expect(readSignature({ signature: undefined, date }, TOLERANCE, NOW)).toBeNull();
    expect(readSignature({ signature, date: undefined }, TOLERANCE, NOW)).toBeNull();
    expect(readSignature({ signature, date: [date, date] }, TOLERANCE, NOW)).toBeNull();
    // As a text, a list of one looks like what is in it.
    expect(readSignature({ signature, date: [date] }, TOLERANCE, NOW)).toBeNull();
    expect(readSignature({ signature: [signature], date }, TOLERANCE, NOW)).toBeNull();
    expect(readSignature({ signature, date: `${date}, ${date}` }, TOLERANCE, NOW)).toBeNull();
  });

  it('should take either of two secrets during a rotation, and no third [W15, WH-10]', () => {
    const read = readSignature(first, TOLERANCE, NOW) as ReadSignature;
    const good = (...secrets: readonly string[]): boolean =>
      new SignedMessage(secrets, first.path, read.date).update(Buffer.from(first.body)).matches(read.digest);
    expect(good(first.secret, 'wh_next')).toBe(true);
    expect(good('wh_next', first.secret)).toBe(true);
    expect(good('wh_next', 'wh_last')).toBe(false);
  });

  it('should take a URL that is registered with a slash at its end, and no other path [WH-01]', () => {
    const isTaken = (path: string): boolean => {
      const signature = signed(Buffer.from(first.body), { ...first, path });
      const read = readSignature({ signature, date: first.date }, TOLERANCE, NOW) as ReadSignature;
      return isSigned(read, first);
    };
    const { path } = first;
    expect([path, `${path}/`, `${path}//`, `/${path}`, '', '/'].map(isTaken)).toEqual([
      ...[true, true, false, false, false, false],
    ]);
  });

  it('should sign the same, however the bytes are cut [WH-01]', () => {
    const read = readSignature(first, TOLERANCE, NOW) as ReadSignature;
    const message = new SignedMessage([first.secret], first.path, read.date);
    for (const byte of Buffer.from(first.body)) message.update(Buffer.from([byte]));
    expect(message.matches(read.digest)).toBe(true);
  });
});

describe('the date of a webhook', () => {
  it.each([
    ['now', at(0)],
    ['4 min 59 s old', at(-299_000)],
    ['4 min 59 s early', at(299_000)],
    ['of whole seconds', '2026-03-14T09:26:53Z'],
    ['of nanoseconds', '2026-03-14T09:26:53.589793123Z'],
    ['of zone +00:00, as Python writes it [N30]', '2026-03-14T09:26:53.589793+00:00'],
  ])('should be taken when it is %s [W05, WH-04]', (_, date) => {
    expect(dateIsTaken(date)).toBe(true);
  });

  it.each([
    ['6 min old', at(-360_000)],
    ['6 min early', at(360_000)],
    ['a year old', '2025-03-14T09:26:53.589793Z'],
    ['of the year 9999', '9999-12-31T23:59:59Z'],
    ['epoch seconds', String(Math.floor(NOW / 1000))],
    ['epoch milliseconds', String(NOW)],
    ['a number with letters', '1614265330abc'],
    ['without a zone', '2026-03-14T09:26:53.589793'],
    ['of another zone', '2026-03-14T10:26:53.589793+01:00'],
    ['with a space for the T', '2026-03-14 09:26:53Z'],
    ['in small letters', '2026-03-14t09:26:53z'],
    ['without seconds', '2026-03-14T09:26Z'],
    ['with a comma for the dot', '2026-03-14T09:26:53,589793Z'],
    ['with nothing after the dot', '2026-03-14T09:26:53.Z'],
    ['with ten digits after the dot', '2026-03-14T09:26:53.5897931234Z'],
    ['of an HTTP header', 'Sat, 14 Mar 2026 09:26:53 GMT'],
    ['in Arabic digits', '٢٠٢٦-03-14T09:26:53Z'],
    ['with a line break after it', '2026-03-14T09:26:53Z\n'],
    ['of an expanded year', '+002026-03-14T09:26:53Z'],
    ['empty', ''],
  ])('should be refused when it is %s [W05, WH-04]', (_, date) => {
    expect(dateIsTaken(date)).toBe(false);
  });

  it.each([
    ['2028-02-29T12:00:00Z', '2028-02-29T12:00:00Z', true],
    ['2026-02-29T12:00:00Z', '2026-03-01T12:00:00Z', false],
    ['2026-06-30T23:59:60Z', '2026-07-01T00:00:00Z', false],
    ['2026-03-14T24:00:00Z', '2026-03-15T00:00:00Z', false],
    ['2026-13-01T00:00:00Z', '2027-01-01T00:00:00Z', false],
    ['2026-04-31T00:00:00Z', '2026-05-01T00:00:00Z', false],
  ])('should take %s for a day and second that exist, or not [W05]', (date, now, isTaken) => {
    expect(dateIsTaken(date, Date.parse(now))).toBe(isTaken);
  });

  it('should count the tolerance to the millisecond, and no other than the one set', () => {
    expect(dateIsTaken(at(0), NOW + 300_000)).toBe(true);
    expect(dateIsTaken(at(0), NOW + 300_001)).toBe(false);
    expect(readSignature(first, 24 * 3600, NOW + 3_600_000)).not.toBeNull();
  });
});

describe('the bytes of a webhook', () => {
  const utf8 = (text: string): Buffer => Buffer.from(text);
  const bytesAreSigned = (bytes: Buffer, signature: string): boolean => {
    const read = readSignature({ signature, date: first.date }, TOLERANCE, NOW) as ReadSignature;
    return new SignedMessage([first.secret], first.path, read.date).update(bytes).matches(read.digest);
  };

  it.each<[string, Buffer, Buffer]>([
    ['other invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), Buffer.from([0x7b, 0xfe, 0x7d])],
    ['a byte order mark', utf8('{"id":1}'), utf8('\ufeff{"id":1}')],
    ['other line ends', utf8('{\n"id":1}'), utf8('{\r\n"id":1}')],
    ['another order of keys', utf8('{"a":1,"b":2}'), utf8('{"b":2,"a":1}')],
    ['another spelling of a letter', utf8('{"n":"é"}'), utf8('{"n":"\\u00e9"}')],
    ['another normal form', utf8('{"n":"é"}'), utf8('{"n":"e\u0301"}')],
    ['other spaces', utf8('{"id": 1}'), utf8('{"id":1}')],
    ['another spelling of a number', utf8('{"id":1}'), utf8('{"id":1.0}')],
    ['a zero byte after it', utf8('{"id":1}'), utf8('{"id":1}\0')],
    ['nothing', utf8('{}'), Buffer.alloc(0)],
  ])('should be those signed, not %s [W02, WH-01]', (_, good, other) => {
    expect(bytesAreSigned(good, signed(good))).toBe(true);
    expect(bytesAreSigned(other, signed(good))).toBe(false);
    expect(bytesAreSigned(other, signed(other))).toBe(true);
  });
});
