import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';

/** An id that does not exist. */
const UNKNOWN_ID = '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77';

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
   * Path of the routes, global prefix and version included.
   *
   * @defaultValue `/connections`
   */
  readonly path?: string;
}

/**
 * The functions of a test runner; Vitest's, Jest's and node:test's fit.
 *
 * @public
 */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

interface Probe {
  readonly method: string;
  readonly path: (id: string) => string;
  readonly id: 'attemptId' | 'connectionId';
}

const PROBES: readonly Probe[] = [
  { method: 'GET', path: (id) => `/attempts/${id}`, id: 'attemptId' },
  { method: 'GET', path: (id) => `/${id}`, id: 'connectionId' },
  { method: 'POST', path: (id) => `/${id}/reconnect`, id: 'connectionId' },
  { method: 'POST', path: (id) => `/${id}/sync`, id: 'connectionId' },
  { method: 'DELETE', path: (id) => `/${id}`, id: 'connectionId' },
];

/**
 * Tests that every route of the library answers another owner's id like one that does not exist. Run it in the
 * host's own suite, with the host's own guards: they identify the user.
 *
 * @param runner - `describe` and `it` of the test runner in use
 * @param subject - called when the tests run, so that it may wait for `beforeAll`
 * @example
 * ```ts
 * describeOwnership({ describe, it }, () => ({ app, otherOwner: { cookie: malloryCookie }, attemptId, connectionId }));
 * ```
 * @public
 */
export function describeOwnership(
  runner: TestRunner,
  subject: () => OwnershipSubject | Promise<OwnershipSubject>,
): void {
  runner.describe("another owner's ids", () => {
    for (const probe of PROBES) {
      runner.it(`should be absent for ${probe.method} ${probe.path('{id}')}`, async () => {
        const violation = await violationOf(probe, await subject());
        if (violation !== null) {
          throw new Error(violation);
        }
      });
    }
  });
}

async function violationOf(probe: Probe, subject: OwnershipSubject): Promise<string | null> {
  const foreign = await answerOf(probe, subject, subject[probe.id]);
  const absent = await answerOf(probe, subject, UNKNOWN_ID);
  if (foreign.status !== 404) {
    return `${probe.method} ${probe.path('{id}')} answered ${foreign.status} to another owner, 404 was due`;
  }
  return foreign.body === absent.body
    ? null
    : `${probe.method} ${probe.path('{id}')} distinguishes an id of another owner from an unknown id`;
}

async function answerOf(
  probe: Probe,
  { app, otherOwner, path = '/connections' }: OwnershipSubject,
  id: string,
): Promise<{ status: number; body: string }> {
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: 'localhost',
        port,
        method: probe.method,
        path: path + probe.path(id),
        headers: {
          ...otherOwner,
          ...(probe.method === 'POST' ? { 'content-type': 'application/json' } : {}),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    sent.on('error', reject);
    sent.end(probe.method === 'POST' ? '{}' : undefined);
  });
}
