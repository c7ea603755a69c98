import { v7 as newId } from 'uuid';
import type { Attempt } from '../../attempts/attempt.js';
import type { Connection } from '../../connections/connection.js';
import { requiredActionOf } from '../../connections/required-action.js';
import type { StartRequest } from '../../flow/connect/connect-flow.types.js';
import type { TestBankData } from './bank-data.fake.js';
import type { ConnectionMetadata } from '../../values/metadata.js';
import type { Owner } from '../../values/owner.js';
import type {
  PowensAccountType,
  PowensConnector,
  PowensCurrency,
} from '../../powens/catalogue/catalogue.types.js';

/** A connection and what belongs to it. */
export interface StoredConnection {
  readonly owner: Owner;
  readonly connection: Connection;
  readonly metadata: ConnectionMetadata;
  /** Set while it is in quarantine. */
  readonly unconfirmedSince: Date | null;
}

/** An attempt of an owner. */
export interface StoredAttempt {
  readonly owner: Owner;
  readonly attempt: Attempt;
  readonly metadata: ConnectionMetadata;
}

/** A share link that was made. */
export interface StoredLink {
  readonly owner: Owner;
  readonly token: string;
  readonly request: StartRequest;
  readonly expiresAt: Date;
  usesLeft: number;
}

/** Everything that the fakes of one module know. */
export class MemoryStore {
  readonly connections = new Map<string, StoredConnection>();
  readonly attempts = new Map<string, StoredAttempt>();
  readonly links = new Map<string, StoredLink>();
  /** Owners whose token was revoked or never obtained have no entry. */
  readonly tokens = new Map<string, string>();
  readonly bankData = new Map<string, TestBankData>();
  connectors: readonly PowensConnector[] = [];
  accountTypes: readonly PowensAccountType[] = [];
  currencies: readonly PowensCurrency[] = [];
  #lastPowensId = 1000;

  clear(): void {
    [this.connections, this.attempts, this.links, this.tokens, this.bankData].forEach((map) => {
      map.clear();
    });
    this.connectors = [];
    this.accountTypes = [];
    this.currencies = [];
  }

  /** Stores a connection of an owner, who has a token from then on. */
  add(owner: Owner, given: Partial<Connection>, metadata: ConnectionMetadata = {}): StoredConnection {
    this.#lastPowensId += 1;
    const state = given.state ?? null;
    const connection: Connection = {
      id: newId(),
      powensConnectionId: String(this.#lastPowensId),
      connectorUuid: null,
      connectorName: 'Connecteur de test',
      requiredAction: requiredActionOf(state),
      createdAt: new Date(),
      lastSyncedAt: null,
      expiresAt: null,
      ...given,
      state,
    };
    const stored = { owner, connection, metadata, unconfirmedSince: null };
    this.connections.set(connection.id, stored);
    this.tokens.set(keyOf(owner), this.tokens.get(keyOf(owner)) ?? newToken());
    return stored;
  }

  /** Replaces parts of a stored connection. */
  change(stored: StoredConnection, changed: Partial<StoredConnection>): StoredConnection {
    const next = { ...stored, ...changed };
    this.connections.set(stored.connection.id, next);
    return next;
  }

  /** The connections of an owner, oldest first. */
  of(owner: Owner): readonly StoredConnection[] {
    return [...this.connections.values()]
      .filter((one) => keyOf(one.owner) === keyOf(owner))
      .sort((one, other) => (one.connection.id < other.connection.id ? -1 : 1));
  }

  /** One of them that is in use; null for another owner's. */
  find(owner: Owner, id: string): StoredConnection | null {
    const stored = this.connections.get(id);
    return stored !== undefined && keyOf(stored.owner) === keyOf(owner) ? stored : null;
  }
}

/** Ids of owners are unique within their tenant. */
export function keyOf({ id, tenant }: Owner): string {
  return JSON.stringify([tenant, id]);
}

/** A token of no Powens. */
export function newToken(): string {
  return `test-token-${newId()}`;
}
