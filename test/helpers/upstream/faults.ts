import type { Reply, Spoil } from './powens-link.js';

/** A fault, and what Powens knows of a call that it spoils. */
export interface UpstreamFault {
  readonly name: string;
  /** `foreign` is another user's answer: what that is depends on the call. */
  readonly spoil: Spoil | 'foreign';
  /** Whether Powens did what the call asks for, so that only its answer is missing. */
  readonly isProcessed: boolean;
  /** Powens itself refuses, in its own words, with this status. */
  readonly refusedWith?: number;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const HTML_TYPE = { 'content-type': 'text/html' };

const words = (status: number, code: string): Reply => ({
  status,
  body: JSON.stringify({ code, description: 'Planted by a test', message: null, request_id: '0c11d2e3' }),
  headers: JSON_TYPE,
});

const page = (status: number): Reply => ({
  status,
  body: `<html><h1>${status}</h1></html>`,
  headers: HTML_TYPE,
});

const waiting = (answer: Reply, seconds: number): Reply => ({
  ...answer,
  headers: { ...answer.headers, 'retry-after': String(seconds) },
});

const unseen = (name: string, spoil: Spoil): UpstreamFault => ({ name, spoil, isProcessed: false });
const answered = (name: string, reply: Reply): UpstreamFault => unseen(name, { kind: 'answer', reply });
const refused = (status: number, code: string): UpstreamFault => ({
  ...answered(`${status} in the words of Powens`, words(status, code)),
  refusedWith: status,
});
const lost = (name: string, spoil: Spoil): UpstreamFault => ({ name, spoil, isProcessed: true });
const changed = (name: string, answer: Reply): UpstreamFault =>
  lost(name, { kind: 'change', change: () => answer });

/** Whatever Powens, or something before it, may do to a call. */
export const UPSTREAM_FAULTS: readonly UpstreamFault[] = [
  unseen('nobody listens', { kind: 'refuse' }),
  unseen('silence', { kind: 'silence' }),
  unseen('a reset', { kind: 'reset' }),
  lost('silence after it was processed', { kind: 'late' }),
  lost('a reset after it was processed', { kind: 'cut', of: 'head', share: 0 }),
  lost('half a head', { kind: 'cut', of: 'head', share: 0.5 }),
  lost('half a body', { kind: 'cut', of: 'body', share: 0.5 }),
  answered('500 in the words of Powens', words(500, 'bug')),
  changed('500 after it was processed', words(500, 'bug')),
  answered('a page with 502', page(502)),
  answered('503 with Retry-After', waiting(words(503, 'serviceUnavailable'), 60)),
  answered('a page with 503', page(503)),
  answered('429', waiting(words(429, 'tooManyRequests'), 60)),
  refused(400, 'invalidValue'),
  refused(401, 'unauthorized'),
  refused(403, 'forbidden'),
  refused(404, 'notFound'),
  refused(409, 'conflict'),
  answered('a page with 401', page(401)),
  answered('a page with 403', page(403)),
  answered('a page with 404', page(404)),
  changed('200 without a body', { status: 200, body: '', headers: JSON_TYPE }),
  changed('200 with a page', page(200)),
  changed('200 with half an object', { status: 200, body: '{"id": 1, "acc', headers: JSON_TYPE }),
  changed('200 with nothing in it', { status: 200, body: '{}', headers: JSON_TYPE }),
  changed('200 with a list', { status: 200, body: '[]', headers: JSON_TYPE }),
  { name: 'the answer of another user', spoil: 'foreign', isProcessed: true },
];
