import { randomBytes } from 'node:crypto';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setPriority } from 'node:os';
import { gzipSync } from 'node:zlib';
import type { FloodWish } from './flood-wish.js';

/** Sends hostile webhooks of every kind, prints `DONE` and what was answered. Started by `flood.ts`. */
const wish = JSON.parse(process.env['FLOOD_WISH'] ?? '') as FloodWish;
const MIB = 1024 * 1024;
/** Sockets of each silent kind that stay open. */
const MAX_OPEN = 80;

// What the attacker computes is not to be had from the host's share of the machine.
setPriority(19);

const gzip = (text: string): Buffer => gzipSync(text, { level: 9 });
const GZIP = { 'content-encoding': 'gzip' };
const BOMBS: Record<string, Buffer> = {
  'one long number': gzip(`{"user": {"id": ${'9'.repeat(8 * MIB)}}}`),
  'a million keys': gzip(`{${Array.from({ length: 500_000 }, (_, index) => `"k${index}":1`).join(',')}}`),
  'deep nesting': gzip('{"a":'.repeat(MIB)),
  'a long list': gzip(`{"user": [${'1,'.repeat(3 * MIB)}1]}`),
  'a bomb': gzip(' '.repeat(60 * MIB)),
};
const large = Buffer.from(`{"id": 1, "x": "${'x'.repeat(wish.maxBytes - 100)}"}`);
const small = Buffer.from('{"id": 1, "user": {"id": 1}}');

type Kind = () => Promise<string>;

const KINDS: Record<string, Kind> = {
  'a wrong proof': async () => send(small),
  'no proof': async () => send(small, {}, {}),
  'a large body': async () => send(large),
  'more than is taken': async () => send(small, { 'content-length': 2 * wish.maxBytes }),
  'another encoding': async () => send(small, { 'content-encoding': 'br' }),
  'silence after much': silent(wish.maxBytes, wish.maxBytes - 1),
  'silence after little': silent(wish.maxBytes, 10),
  dripping: dripping(),
};

/** One round; a compressed body, which costs the most, comes at the end of each. */
const ORDER = [
  ...Array<string>(6).fill('a wrong proof'),
  ...Array<string>(3).fill('no proof'),
  'a large body',
  'more than is taken',
  'another encoding',
  ...Array<string>(4).fill('silence after much'),
  'silence after little',
  'dripping',
];

function headersOf(): OutgoingHttpHeaders {
  return wish.bearer === null
    ? {
        'bi-signature': randomBytes(32).toString('base64'),
        'bi-signature-date': new Date().toISOString(),
      }
    : { authorization: wish.bearer };
}

async function send(bytes: Buffer, more: OutgoingHttpHeaders = {}, proof = headersOf()): Promise<string> {
  return new Promise((resolve) => {
    const headers = { 'content-length': bytes.length, ...proof, ...more };
    const outgoing = httpRequest(new URL(wish.path, wish.url), { method: 'POST', headers, agent: false });
    outgoing.on('response', (response) => {
      response.resume();
      resolve(String(response.statusCode));
      response.on('end', () => outgoing.destroy());
    });
    outgoing.on('error', () => {
      resolve('cut');
    });
    if (Number(headers['content-length']) === bytes.length) outgoing.end(bytes);
    else outgoing.write(bytes);
  });
}

/** Opens a socket that announces much, sends some of it and stays. */
function silent(announced: number, sent: number, open: Socket[] = []): Kind {
  return async () => {
    const { port, hostname } = new URL(wish.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).resume();
    open.push(socket);
    if (open.length > MAX_OPEN) open.shift()?.destroy();
    const head = Object.entries({ host: 'localhost', ...headersOf(), 'content-length': announced })
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join('\r\n');
    return new Promise((resolve) => {
      socket.once('close', () => {
        resolve('cut');
      });
      socket.write(`POST ${wish.path} HTTP/1.1\r\n${head}\r\n\r\n`);
      socket.write(Buffer.alloc(sent, 'x'), () => {
        resolve('open');
      });
    });
  };
}

function dripping(): Kind {
  const open: Socket[] = [];
  const one = silent(wish.maxBytes, 1, open);
  return async () => {
    open.filter((socket) => socket.writable).forEach((socket) => socket.write('x'));
    return one();
  };
}

const report: Record<string, Record<string, number>> = {};
let begun = 0;

async function work(): Promise<void> {
  const bombs = Object.keys(BOMBS);
  while (begun < wish.count) {
    const index = (begun += 1);
    const turn = index % (ORDER.length + 1);
    const bomb = bombs[Math.floor(index / (ORDER.length + 1)) % bombs.length] ?? '';
    const name = ORDER[turn] ?? bomb;
    const kind = KINDS[name] ?? (async () => send(BOMBS[bomb] ?? small, GZIP));
    const answer = await kind();
    const answers = (report[name] ??= {});
    answers[answer] = (answers[answer] ?? 0) + 1;
  }
}

process.stdout.write('FLOODING\n');
await Promise.all(Array.from({ length: wish.atOnce }, work));
process.stdout.write(`DONE ${JSON.stringify(report)}\n`);
process.exit(0);
