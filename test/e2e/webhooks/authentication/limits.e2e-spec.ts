import { randomBytes } from 'node:crypto';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, type FlowApp } from '../../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../../helpers/flow/use-flow-app.js';
import { hmacWebhooks, inboxOf, push, signatureOf, wholeInbox } from '../../../helpers/webhooks/pushed.js';
import { until } from '../../../helpers/flow/person.js';
import { rounds } from '../../../helpers/sweeps.js';

const MIB = 1024 * 1024;
const PATH = '/connections/webhooks/account-synced';
/** Small ones from each of fifty senders. */
const SMALL = rounds(3, 10);
let serial = 0;

/** A body of so many bytes, about nobody. */
function bodyOf(bytes: number): Buffer {
  const start = `{"id_webhook_data": ${(serial += 1)}, "id": 5301, "transactions": ["`;
  return Buffer.from(`${start}${'x'.repeat(bytes - start.length - 3)}"]}`);
}

const gzip = { 'content-encoding': 'gzip' };
const spaces = (mib: number): Buffer => Buffer.alloc(mib * MIB, ' ');
const random = (mib: number): Buffer => Buffer.from(randomBytes((mib * MIB) / 2).toString('hex'));
const small = Buffer.from('{"id": 1}');
/** What is refused whatever it holds. */
const REFUSED: readonly (readonly [
  what: string,
  bytes: Buffer,
  headers: OutgoingHttpHeaders,
  status: number,
])[] = [
  ['a bomb of 1:1000', gzipSync(spaces(200), { level: 9 }), gzip, 413],
  ['51 MB once inflated', gzipSync(Buffer.concat([random(4), spaces(47)]), { level: 1 }), gzip, 413],
  ['a truncated gzip', gzipSync(bodyOf(1000)).subarray(0, -5), gzip, 400],
  ['a gzip with something behind it', Buffer.concat([gzipSync(small), Buffer.from('x')]), gzip, 400],
  ['deflate', deflateSync(small), { 'content-encoding': 'deflate' }, 415],
  ['brotli', brotliCompressSync(small), { 'content-encoding': 'br' }, 415],
  ['gzip announced twice', gzipSync(gzipSync(small)), { 'content-encoding': 'gzip, gzip' }, 415],
];

describe.each(ADAPTERS)('large and broken webhooks, on %s', (adapter) => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  useFlowApp({ adapter, options }, (opened) => {
    app = opened;
  });

  const headersFor = (signed: Buffer): Record<string, string> => {
    const date = new Date().toISOString();
    return { 'bi-signature': signatureOf(secret, PATH, date, signed), 'bi-signature-date': date };
  };

  const statusOf = async (bytes: Buffer, headers: OutgoingHttpHeaders = {}): Promise<number> =>
    (await push(app.url, PATH, null, { secret, bytes, headers })).status;

  it('should take 19 MB, announced or not, and keep them [W09, WH-05]', async () => {
    expect(await statusOf(bodyOf(19 * MIB))).toBe(204);
    const body = bodyOf(19 * MIB);
    expect(await sendChunked(app, body, headersFor(body))).toBe(204);
    expect(await inboxOf(app)).toHaveLength(2);
  });

  it('should refuse 21 MB, announced or not, and keep nothing [W09, WH-05]', async () => {
    const before = await wholeInbox(app);
    const body = bodyOf(21 * MIB);
    expect(await sendChunked(app, body, { ...headersFor(body), 'content-length': String(body.length) })).toBe(
      413,
    );
    expect(await sendChunked(app, body, headersFor(body))).toBe(413);
    expect(await wholeInbox(app)).toEqual(before);
  });

  it('should take the limit to the byte [WH-05]', async () => {
    expect(await statusOf(bodyOf(20 * MIB))).toBe(204);
    const body = bodyOf(20 * MIB + 1);
    expect(await sendChunked(app, body, headersFor(body))).toBe(413);
  });

  it.each(REFUSED)('should refuse %s and keep nothing [W09, WH-05]', async (_, bytes, headers, status) => {
    const before = await wholeInbox(app);
    expect(await statusOf(bytes, headers)).toBe(status);
    expect(await wholeInbox(app)).toEqual(before);
  });

  it('should take a gzip within a gzip for bytes that are no JSON, and put it away [W09]', async () => {
    expect(await statusOf(gzipSync(gzipSync(`{"id": ${(serial += 1)}}`)), gzip)).toBe(204);
    await until(async () => (await inboxOf(app)).at(-1)?.status === 'ignored');
  });

  it.each<[string, number]>([
    ['shorter', -1],
    ['longer', 5],
  ])('should not believe a content-length that is %s than the body [W09]', async (_, by) => {
    const before = await wholeInbox(app);
    const body = bodyOf(300);
    const status = await sendWithLength(app, body, body.length + by, headersFor(body));
    expect([null, 400, 401]).toContain(status);
    expect(await wholeInbox(app)).toEqual(before);
    expect(await statusOf(bodyOf(300))).toBe(204);
  });

  it('should forget uploads that are broken off, and go on [W09, G16]', async () => {
    const before = await wholeInbox(app);
    await Promise.all(Array.from({ length: 30 }, async () => breakOff(app, headersFor(bodyOf(1000)))));
    expect(await wholeInbox(app)).toEqual(before);
    expect(await statusOf(bodyOf(19 * MIB))).toBe(204);
    expect(app.logger.lines.join('\n')).not.toMatch(/was read before it got here|A fault of ours/);
  });

  it('should hold eight of the largest at once and no more, and let the others come again [W09, WH-13]', async () => {
    const uploads = await Promise.all(
      Array.from({ length: 14 }, async () => halfSent(app, 16 * MIB, headersFor(small))),
    );
    const answered = (): number => uploads.filter(({ status }) => status() !== null).length;
    await until(() => answered() >= 3);
    expect(new Set(uploads.map(({ status }) => status()))).toEqual(new Set([503, null]));
    uploads.forEach(({ abandon }) => {
      abandon();
    });
    await until(async () => (await statusOf(bodyOf(300))) === 204);
    expect(await statusOf(bodyOf(19 * MIB))).toBe(204);
  });

  it('should answer every small one while many come [WH-07]', async () => {
    const send = async (): Promise<void> => {
      for (let count = 0; count < SMALL; count += 1) expect(await statusOf(bodyOf(1500))).toBe(204);
    };
    await Promise.all(Array.from({ length: 50 }, send));
  });
});

/** Sends a body in chunks; what it was answered, also when that came before it was all sent. */
async function sendChunked(app: FlowApp, body: Buffer, headers: OutgoingHttpHeaders): Promise<number | null> {
  return new Promise((resolve) => {
    const outgoing = httpRequest(
      new URL(PATH, app.url),
      { method: 'POST', headers, agent: false },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? null);
      },
    );
    outgoing.on('error', () => {
      setTimeout(() => {
        resolve(null);
      }, 5000);
    });
    outgoing.end(body);
  });
}

function head(headers: OutgoingHttpHeaders, length: number): string {
  const lines = Object.entries({ host: 'localhost', ...headers, 'content-length': length });
  return `POST ${PATH} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${String(value)}`).join('\r\n')}\r\n\r\n`;
}

/** Announces another length than it sends, then says that no more comes. */
async function sendWithLength(
  app: FlowApp,
  body: Buffer,
  length: number,
  headers: OutgoingHttpHeaders,
): Promise<number | null> {
  const { port, hostname } = new URL(app.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(head(headers, length));
      socket.end(body);
    });
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket
      .on('error', () => undefined)
      .on('close', () => {
        resolve(statusIn(answer));
      });
  });
}

async function breakOff(app: FlowApp, headers: OutgoingHttpHeaders): Promise<void> {
  const { port, hostname } = new URL(app.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(head(headers, 5 * MIB));
      socket.write(bodyOf(MIB), () => {
        socket.destroy();
      });
    });
    socket
      .on('error', () => undefined)
      .on('close', () => {
        resolve();
      });
  });
}

interface Upload {
  readonly status: () => number | null;
  abandon(): void;
}

/** Sends all of a body but its last byte. */
async function halfSent(app: FlowApp, bytes: number, headers: OutgoingHttpHeaders): Promise<Upload> {
  const { port, hostname } = new URL(app.url);
  let answer = '';
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(head(headers, bytes));
  socket.write(Buffer.alloc(bytes - 1, 'x'));
  return {
    status: () => statusIn(answer),
    abandon: () => {
      socket.destroy();
    },
  };
}

function statusIn(answer: string): number | null {
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
  return status === undefined ? null : Number(status);
}
