import * as acts from './acts.js';
import type { UpstreamFault } from './faults.js';
import type { Spoilt } from './powens-link.js';
import type { Stranger } from './world.js';

/** A call to Powens, and what brings it about. */
export interface UpstreamCall {
  readonly name: string;
  readonly spoilt: Spoilt;
  readonly begin: acts.BeginAct;
  /** The answer of Powens about another user. Absent where there is none. */
  readonly foreign?: Foreign;
  /** How the attempt ends. @default connected */
  readonly ends?: (fault: UpstreamFault) => 'connected' | 'failed' | 'unknown';
  /** Whether Powens keeps a user of whom nothing here can know. @default never */
  readonly leavesUser?: (fault: UpstreamFault) => boolean;
}

type Foreign = (answer: Record<string, unknown>, stranger: Stranger) => unknown;

const ONE = /^\/users\/me\/connections\/\d+$/;
const LIST = /^\/users\/me\/connections$/;
const USER = /^\/users\/me$/;
const CODE = /^\/auth\/token\/code$/;
const RENEW = /^\/auth\/renew$/;
const ACCESS = /^\/auth\/token\/access$/;

const ofStranger: Foreign = (answer, { powensUserId }) => ({ ...answer, id_user: Number(powensUserId) });

const listOfStranger: Foreign = (answer, { powensConnectionId, powensUserId }) => ({
  ...answer,
  connections: [{ id: Number(powensConnectionId), id_user: Number(powensUserId), state: null }],
});

const tokenOfStranger: Foreign = (answer, { token }) => ({
  ...answer,
  ...Object.fromEntries(Object.keys(answer).flatMap((name) => (/_token$/.test(name) ? [[name, token]] : []))),
});

/** The calls of the library to Powens that a login hangs on. */
export const UPSTREAM_CALLS: readonly UpstreamCall[] = [
  {
    name: 'POST /auth/token/access, at a callback',
    spoilt: { method: 'POST', path: ACCESS },
    begin: acts.firstCallback,
    foreign: tokenOfStranger,
    ends: endOfExchange,
    leavesUser: ({ isProcessed }) => isProcessed,
  },
  {
    name: 'POST /auth/init, at the first start',
    spoilt: { method: 'POST', path: /^\/auth\/init$/ },
    begin: acts.firstStart,
    foreign: ofStranger,
    leavesUser: ({ isProcessed, spoil }) => isProcessed && spoil !== 'foreign',
  },
  {
    name: 'GET /auth/token/code, at the next start',
    spoilt: { method: 'GET', path: CODE },
    begin: acts.nextStart,
  },
  {
    name: 'POST /auth/renew, for a look',
    spoilt: { method: 'POST', path: RENEW, after: CODE },
    begin: acts.startAfterRevocation,
    foreign: tokenOfStranger,
  },
  {
    name: 'POST /auth/renew, for good',
    spoilt: { method: 'POST', path: RENEW, skip: 1, after: LIST },
    begin: acts.startAfterRevocation,
    foreign: tokenOfStranger,
  },
  {
    name: 'GET /users/me, at a renewal',
    spoilt: { method: 'GET', path: USER, after: RENEW },
    begin: acts.startAfterRevocation,
    foreign: (answer, { powensUserId }) => ({ ...answer, id: Number(powensUserId) }),
  },
  {
    name: 'GET /users/me/connections/{id}, of a new owner',
    spoilt: { method: 'GET', path: ONE, after: ACCESS },
    begin: acts.firstCallback,
    foreign: ofStranger,
  },
  {
    name: 'GET /users/me/connections/{id}, of a known owner',
    spoilt: { method: 'GET', path: ONE },
    begin: acts.nextCallback,
    foreign: ofStranger,
  },
  {
    name: 'GET /users/me/connections/{id}, at a reconnect',
    spoilt: { method: 'GET', path: ONE },
    begin: acts.reconnectCallback,
    foreign: ofStranger,
    // Powens itself says that it is not there. The bank stays in use until a second look agrees.
    ends: ({ refusedWith }) => (refusedWith === 404 ? 'failed' : 'connected'),
  },
  {
    name: 'GET /users/me/connections, of a new owner whose callback names none',
    spoilt: { method: 'GET', path: LIST, after: ACCESS },
    begin: acts.namelessCallback,
    foreign: listOfStranger,
  },
  {
    name: 'GET /users/me/connections, after the manage page',
    spoilt: { method: 'GET', path: LIST },
    begin: acts.manageCallback,
    foreign: listOfStranger,
  },
  {
    name: 'GET /users/me/connections, at a comparison',
    spoilt: { method: 'GET', path: LIST },
    begin: acts.comparison,
    foreign: listOfStranger,
  },
  {
    name: 'PUT /users/me/connections/{id}, at a synchronisation',
    spoilt: { method: 'PUT', path: ONE },
    begin: acts.synchronisation,
    foreign: ofStranger,
  },
  {
    name: 'DELETE /users/me/connections/{id}',
    spoilt: { method: 'DELETE', path: ONE },
    begin: acts.deletion,
  },
  {
    name: 'DELETE /users/me, at an erasure',
    spoilt: { method: 'DELETE', path: USER },
    begin: acts.erasure,
  },
  {
    name: 'DELETE /auth/token, at a revocation',
    spoilt: { method: 'DELETE', path: /^\/auth\/token$/ },
    begin: acts.revocation,
  },
];

/** The code is used up, and the token that it was exchanged for is lost; or Powens itself refuses the code. */
function endOfExchange({
  isProcessed,
  spoil,
  refusedWith = 0,
}: UpstreamFault): 'connected' | 'failed' | 'unknown' {
  if (isProcessed) return spoil === 'foreign' ? 'failed' : 'unknown';
  return [400, 403, 409].includes(refusedWith) ? 'failed' : 'connected';
}
