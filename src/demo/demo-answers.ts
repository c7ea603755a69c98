import { DemoError, type Hop } from './demo-browser.js';

/** The parts of the answers that the demo reads. */
export interface Attempt {
  readonly id: string;
  readonly status: string;
  readonly error: string | null;
  readonly connectionIds: readonly string[];
}

export interface Connection {
  readonly id: string;
  readonly powensConnectionId: string;
  readonly connectorName: string | null;
  readonly state: string | null;
  readonly requiredAction: string | null;
}

export interface ReceivedEvent {
  readonly type: string;
  readonly attemptId: string | null;
  readonly connectionId: string | null;
  readonly powensUserId: string | null;
}

export interface Account {
  readonly name: string;
  readonly balance: number | null;
  readonly currency: string | null;
}

export interface Ledger {
  readonly users: readonly { id: number; temporary: boolean; deleted: boolean }[];
  readonly codes: readonly { exchanges: number }[];
  readonly tokens: readonly { idUser: number | null; revoked: boolean }[];
  readonly connections: readonly { id: number; idUser: number; deleted: boolean }[];
}

/** Reads an answer that must be JSON. The contract defines its shape; the demo checks the values that it uses. */
export function answerOf(hop: Hop): object {
  if (typeof hop.body !== 'object' || hop.body === null) {
    throw new DemoError(`${hop.method} ${hop.shown} answered no JSON`);
  }
  return hop.body;
}

/** Reads the target of a redirect. */
export function locationOf(hop: Hop): URL {
  if (hop.location === null) {
    throw new DemoError(`${hop.method} ${hop.shown} leads nowhere`);
  }
  return hop.location;
}

/** Stops the demo when a condition does not hold. */
export function expect(condition: boolean, otherwise: string): void {
  if (!condition) {
    throw new DemoError(otherwise);
  }
}
