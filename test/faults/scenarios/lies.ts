import type { Answer, Asked, Rule } from '../proxies/provider-gate.js';

/** A wrong thing that the provider says to everybody, for a while. */
export interface Lie {
  readonly name: string;
  readonly isInShort: boolean;
  /** Another environment answers, with the same numbers for other people. */
  readonly isOtherDomain?: boolean;
  /** Whether tokens may be renewed without their owners: those that were imported may not. */
  readonly isRenewable?: boolean;
  rule(random: () => number): Rule;
}

const words = (status: number, code: string): Answer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify({ code, message: `This is a lie: ${code}`, request_id: '5d0c1f5a' }),
});
const page = (status: number): Answer => ({
  status,
  contentType: 'text/html',
  body: `<html><body><h1>${status}</h1>nginx</body></html>`,
});

const isRead = ({ method, path }: Asked): boolean => method === 'GET' && path.startsWith('/users/');
const isRenewal = ({ path }: Asked): boolean => path === '/auth/renew';
const isList = ({ method, path }: Asked): boolean => method === 'GET' && path === '/users/me/connections';
const isOne = ({ method, path }: Asked): boolean =>
  method === 'GET' && /^\/users\/me\/connections\/\d+$/.test(path);

/** Every read is answered like that. */
const reads =
  (answer: Answer, renewal: Answer | null = null) =>
  (): Rule => ({
    answer: (asked) => (isRead(asked) ? answer : isRenewal(asked) ? renewal : null),
  });

/** The list lacks some of its connections. */
const lists =
  (isLeftOut: (asked: Asked) => boolean, one: Answer | null = null) =>
  (): Rule => ({
    answer: (asked) => (isOne(asked) && isLeftOut(asked) ? one : null),
    rewrite: (asked, body) => (isList(asked) && isLeftOut(asked) ? '{"connections":[],"total":0}' : body),
  });

/** The same half every time, whoever asks. */
const isOfHalf = ({ token }: Asked): boolean => (token?.charCodeAt(token.length - 1) ?? 0) % 2 === 0;

function halved(body: string): string {
  const { connections = [], ...rest } = JSON.parse(body) as { connections?: unknown[] };
  return JSON.stringify({ ...rest, connections: connections.filter((_, index) => index % 2 === 1) });
}

/** Mass losses of every kind. */
export const LIES: readonly Lie[] = [
  {
    name: '404 in Powens words',
    isInShort: true,
    rule: reads(words(404, 'notFound'), words(404, 'notFound')),
  },
  {
    name: '401 in Powens words, renewals refused',
    isInShort: true,
    rule: reads(words(401, 'unauthorized'), words(400, 'invalidValue')),
  },
  { name: '401 in Powens words', isInShort: false, rule: reads(words(401, 'unauthorized')) },
  {
    name: '401 in Powens words, tokens that may not be renewed',
    isInShort: false,
    isRenewable: false,
    rule: reads(words(401, 'unauthorized')),
  },
  {
    name: '403 in Powens words',
    isInShort: false,
    rule: reads(words(403, 'unauthorized'), words(403, 'unauthorized')),
  },
  { name: '404 as HTML', isInShort: false, rule: reads(page(404), page(404)) },
  { name: '403 as HTML', isInShort: false, rule: reads(page(403), page(403)) },
  { name: 'empty list', isInShort: true, rule: lists(() => true) },
  {
    name: 'empty list, and each connection 404 in Powens words',
    isInShort: false,
    rule: lists(() => true, words(404, 'notFound')),
  },
  { name: 'half of the lists empty', isInShort: false, rule: lists(isOfHalf) },
  {
    name: 'half of every list',
    isInShort: false,
    rule: () => ({ rewrite: (asked, body) => (isList(asked) ? halved(body) : body) }),
  },
  { name: 'other domain', isInShort: true, isOtherDomain: true, rule: () => ({}) },
  {
    name: '404 in Powens words for 75 %',
    isInShort: false,
    rule: (random) => ({
      answer: (asked) =>
        (isRead(asked) || isRenewal(asked)) && random() < 0.75 ? words(404, 'notFound') : null,
    }),
  },
];
