import { DemoError, type Hop } from './demo-browser.js';

/** What the walk reads of the answers. */
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

/** Reads an answer that must be JSON. Its shape is the contract's; the walk checks the values that it relies on. */
export function answerOf(hop: Hop): object {
  if (typeof hop.body !== 'object' || hop.body === null) {
    throw new DemoError(`${hop.method} ${hop.shown} answered no JSON`);
  }
  return hop.body;
}

/** Reads where a redirect leads. */
export function locationOf(hop: Hop): URL {
  if (hop.location === null) {
    throw new DemoError(`${hop.method} ${hop.shown} leads nowhere`);
  }
  return hop.location;
}

/** Stops the walk when something that must hold does not. */
export function expect(condition: boolean, otherwise: string): void {
  if (!condition) {
    throw new DemoError(otherwise);
  }
}
