import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, type FlowApp } from '../../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../../helpers/flow/use-flow-app.js';
import {
  hmacWebhooks,
  push,
  sendBytes,
  signatureOf,
  wholeInbox,
  type Push,
  type PushAnswer,
} from '../../../helpers/webhooks/pushed.js';

const PATH = '/connections/webhooks/connection-deleted';
const BODY = { id: 1187, id_user: 412, state: null, id_webhook_data: 90211 };

describe.each(ADAPTERS)('webhooks that prove nothing, on %s', (adapter) => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  useFlowApp({ adapter, options }, (opened) => {
    app = opened;
  });

  const send = async (how: Partial<Push> = {}, path = PATH): Promise<PushAnswer> =>
    push(app.url, path, BODY, { secret, ...how });

  const at = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString();
  const signed = (date: string): string => signatureOf(secret, PATH, date, Buffer.from(JSON.stringify(BODY)));
  const digest = randomBytes(32).toString('base64');

  it('should be refused alike, whatever is wrong, and leave no trace [W01, W05, W06, WH-02, WH-07]', async () => {
    const date = at(0);
    const wrong: Record<string, Partial<Push>> = {
      'another secret': { secret: 'wh_another' },
      'no signature': { signature: null },
      'two signatures': { signature: [signed(date), signed(date)], date },
      'a list': { signature: `${signed(date)}, ${signed(date)}`, date },
      'a prefix': { signature: `v1,${signed(date)}`, date },
      'url-safe': { signature: randomBytes(32).toString('base64url') },
      'no padding': { signature: digest.slice(0, -1) },
      '31 bytes': { signature: randomBytes(31).toString('base64') },
      '33 bytes': { signature: randomBytes(33).toString('base64') },
      'not made of this': { signature: digest },
      empty: { signature: '' },
      long: { signature: 'A'.repeat(4000) },
      'no date': { date: null },
      'two dates': { headers: { 'bi-signature-date': [date, date] } },
      'an old date': { date: at(-360_000) },
      'a date to come': { date: at(360_000) },
      'epoch seconds': { date: String(Math.floor(Date.now() / 1000)) },
      'no zone': { date: at(0).slice(0, -1) },
      'another path': { signedPath: '/connections/webhooks/user-deleted' },
      'two trailing slashes': { signedPath: `${PATH}//` },
      'a query': { signedPath: `${PATH}?a=1` },
      'a whole URL': { signedPath: `${app.url}${PATH}` },
      'other bytes': { signed: Buffer.from(JSON.stringify({ ...BODY, id: 1188 })) },
      'bytes of the same meaning': { signed: Buffer.from(JSON.stringify(BODY)), bytes: Buffer.from('{ }') },
      'one byte more': { bytes: Buffer.from('{}\n'), signed: Buffer.from('{}') },
      'compressed, signed by another': {
        bytes: gzipSync(JSON.stringify(BODY)),
        secret: 'wh_another',
        headers: { 'content-encoding': 'gzip' },
      },
    };
    const before = await wholeInbox(app);
    const [[, first] = [], ...others] = await Promise.all(
      Object.entries(wrong).map(async ([name, how]) => [name, told(await send(how))] as const),
    );
    expect(first).toMatchObject({ status: 401 });
    for (const [name, answer] of others) {
      expect(answer, name).toEqual(first);
    }
    expect(await wholeInbox(app)).toEqual(before);
    expect((await send()).status).toBe(204);
  });

  it('should say nothing in its refusal but that it is one', async () => {
    const { headers, text } = await send({ signature: null });
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(text).not.toMatch(/signature_headers|hmac|expected|digest/i);
    expect(app.logger.lines.join('\n')).toMatch(/Security: a webhook was refused \(signature_headers\)/);
    expect(app.logger.lines.join('\n')).toMatch(/Security: a webhook was refused \(signature\)/);
  });

  it('should be taken whatever the order, the case and the spelling of other headers [W06]', async () => {
    const bytes = Buffer.from('{"id_webhook_data": 90212}');
    const date = at(0);
    const signature = signatureOf(secret, PATH, date, bytes);
    const length = bytes.length;
    const orders = [
      { 'bi-signature-date': date, 'content-length': length, 'BI-SIGNATURE': signature },
      { 'Content-Length': length, 'Bi-Signature': signature, 'BI-Signature-Date': date, 'X-Other': 'a, b' },
      {
        'bi-signature': signature,
        'content-type': 'text/plain',
        'bi-signature-date': date,
        'content-length': length,
      },
      { 'bi-signature': signature, 'bi-signature-date': date, 'transfer-encoding': 'chunked' },
      {
        'bi-signature': signature,
        'bi-signature-date': date,
        'content-type': 'nonsense',
        'content-length': length,
      },
    ];
    for (const headers of orders) {
      expect((await sendBytes(new URL(PATH, app.url), bytes, headers)).status).toBe(204);
    }
  });

  it.each([
    ['/connections/webhooks/CONNECTION-DELETED', 404],
    ['/connections/webhooks/connection_deleted', 404],
    ['/connections/webhooks/something-of-tomorrow', 204],
    ['/connections/webhooks/a/b', 404],
    ['/connections/webhooks', 404],
    ['/connections/webhooks/', 404],
  ])('should be answered at %s with %i, and keep nothing', async (path, status) => {
    const before = await wholeInbox(app);
    expect((await send({}, path)).status).toBe(status);
    expect(await wholeInbox(app)).toEqual(before);
  });

  it('should never be answered 500, however the path is written [W07]', async () => {
    const paths = [
      '/connections/%77ebhooks/connection-deleted',
      '/connections/webhooks%2Fconnection-deleted',
      '/%63onnections/webhooks/connection-deleted',
      '/connections//webhooks/connection-deleted',
      '//connections/webhooks/connection-deleted',
      '/CONNECTIONS/WEBHOOKS/connection-deleted',
      '/connections/webhooks/%E0%A4%A',
      '/connections/webhooks/..%2fwebhooks%2fconnection-deleted',
      `${app.url}${PATH}`,
    ];
    const before = await wholeInbox(app);
    for (const path of paths) {
      const answer = await sendRaw(app, path);
      expect(answer, path).toMatch(/^HTTP\/1\.1 40[014]/);
    }
    expect(await wholeInbox(app)).toEqual(before);
  });
});

/** What a refusal tells; the date is all that may differ. */
function told({ status, headers, text }: PushAnswer): unknown {
  return { status, text, headers: { ...headers, date: undefined, connection: undefined } };
}

/** A request target as it is written here, not as a client would tidy it up. */
async function sendRaw(app: FlowApp, target: string): Promise<string> {
  const { port, hostname } = new URL(app.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST ${target} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
      );
    });
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', reject);
  });
}
