import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';

/** An id that does not exist. */
export const UNKNOWN_ID = '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77';

/**
 * What {@link describeOwnership} needs from the host.
 *
 * @public
 */
export interface OwnershipSubject {
  /** The application, listening. */
  readonly app: INestApplication;
  /** Headers that sign in an owner who does **not** own the ids below. */
  readonly otherOwner: Readonly<Record<string, string>>;
  /** An attempt of another owner. */
  readonly attemptId: string;
  /** A connection of another owner. */
  readonly connectionId: string;
  /**
   * A share link of another owner.
   *
   * @defaultValue an id that does not exist, which shows less
   */
  readonly linkId?: string;
  /**
   * Path of the routes, global prefix and version included.
   *
   * @defaultValue `/connections`
   */
  readonly path?: string;
  /**
   * Whether the application has the routes of custom connections.
   *
   * @defaultValue false
   */
  readonly customConnections?: boolean;
}

/** A route that answers owners; the callback and the webhooks have authentication of their own. */
export interface OwnedRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the path of all routes. */
  readonly path: string;
  /** What its `{id}`, or its body, names. */
  readonly id?: 'attemptId' | 'connectionId' | 'linkId';
  readonly query?: string;
  readonly body?: (id: string) => object;
  readonly isCustom?: true;
}

/** Calls a route, and says what is wrong with its answer; null when nothing is. */
export type ViolationFinder = (route: OwnedRoute, subject: OwnershipSubject) => Promise<string | null>;

/** An id of another owner must look like one that does not exist. */
export const violationByAnother: ViolationFinder = async (route, subject) => {
  const { otherOwner } = subject;
  const foreign = await answerOf(route, subject, otherOwner, idOf(route, subject));
  const absent = await answerOf(route, subject, otherOwner, UNKNOWN_ID);
  if (foreign.status !== 404) {
    return `answered ${foreign.status} to another owner, 404 was due`;
  }
  return foreign.body === absent.body ? null : 'distinguishes an id of another owner from an unknown id';
};

/** The list must leave out what belongs to another owner. */
export const violationByList: ViolationFinder = async (route, subject) => {
  const { status, body } = await answerOf(route, subject, subject.otherOwner, '');
  if (status !== 200) {
    return `answered ${status} to the other owner, whose list was due: are its headers right?`;
  }
  return body.includes(subject.connectionId) ? 'lists a connection of another owner' : null;
};

/** A request without a user must get neither data nor a webview. */
export const violationWithoutUser: ViolationFinder = async (route, subject) => {
  const { status, location } = await answerOf(route, subject, {}, idOf(route, subject));
  // A guard may redirect to a page where one signs in; a webview has a state.
  const isServed = (status >= 200 && status < 300) || location.includes('state=');
  return isServed ? `answered ${status} to a request without a user` : null;
};

function idOf({ id }: OwnedRoute, subject: OwnershipSubject): string {
  return id === undefined ? '' : (subject[id] ?? UNKNOWN_ID);
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly location: string;
}

async function answerOf(
  route: OwnedRoute,
  { app, path = '/connections' }: OwnershipSubject,
  headers: Readonly<Record<string, string>>,
  id: string,
): Promise<Answer> {
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const body = route.method === 'POST' ? JSON.stringify(route.body?.(id) ?? {}) : undefined;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: 'localhost',
        port,
        method: route.method,
        path: path + route.path.replace('{id}', id) + (route.query ?? ''),
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response;
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status, body: text, location: answered.location ?? '' });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
