import { Injectable } from '@nestjs/common';
import type { Connection } from '../connections/connection.js';
import { requiredActionOf } from '../connections/required-action.js';
import type { ConnectionEvent, ConnectionEventOf, ConnectionEventType } from '../events/index.js';
import { noSuch } from '../flow/changes/require-known.js';
import { requiredOwner } from '../options/owner-of.js';
import type { OwnerLike } from '../options/owner-resolver.interface.js';
import type {
  PowensAccountType,
  PowensConnector,
  PowensCurrency,
} from '../powens/catalogue/catalogue.types.js';
import { metadataOf, type ConnectionMetadata } from '../values/metadata.js';
import { FakeWebhookPayloads } from './fakes/administration.fakes.js';
import type { TestBankData } from './fakes/bank-data.fake.js';
import type { GivenEvent } from './fakes/event-defaults.js';
import { keyOf, MemoryStore, type StoredConnection } from './fakes/memory-store.js';
import { TestEvents } from './fakes/test-events.js';

/**
 * What a test does in place of Powens, its users and the database: `module.get(ConnectionsTesting)`.
 *
 * @public
 */
@Injectable()
export class ConnectionsTesting {
  constructor(
    private readonly store: MemoryStore,
    private readonly testEvents: TestEvents,
    private readonly payloads: FakeWebhookPayloads,
  ) {}

  /** Every event so far, oldest first: those that the test emitted, and those that the services caused. */
  get events(): readonly ConnectionEvent[] {
    return this.testEvents.recorded;
  }

  /**
   * Calls the host's handlers of an event, and waits for them. Only `ownerId` is required; the rest is filled in. Initialise the
   * module before (`await module.init()`): Nest finds handlers then.
   *
   * @throws AggregateError with what the handlers threw. The relay would deliver the event again: emit it again with the same `id`
   */
  async emit<T extends ConnectionEventType>(type: T, given: GivenEvent<T>): Promise<ConnectionEventOf<T>> {
    return this.testEvents.emit(type, given);
  }

  /**
   * Connects a bank for an owner, as a completed webview does: stored, then `connection.created`.
   *
   * @throws AggregateError as {@link ConnectionsTesting.emit}; the connection stays
   */
  async connect(
    owner: OwnerLike,
    given: Partial<Connection> & { readonly metadata?: ConnectionMetadata } = {},
  ): Promise<Connection> {
    const { metadata = {}, ...connection } = given;
    const stored = this.store.add(requiredOwner(owner), connection, metadataOf(metadata));
    const { connectorUuid, connectorName, state } = stored.connection;
    await this.testEvents.about('connection.created', stored, {
      connectorUuid,
      connectorName,
      state,
      connectedBy: stored.owner.actor ?? null,
      metadata,
    });
    return stored.connection;
  }

  /** Puts a connection into quarantine for an owner, and emits `connection.unconfirmed`. */
  async connectUnconfirmed(owner: OwnerLike, given: Partial<Connection> = {}): Promise<Connection> {
    const added = this.store.add(requiredOwner(owner), given);
    const stored = this.store.change(added, { unconfirmedSince: new Date() });
    const { connectorUuid, connectorName, state } = stored.connection;
    await this.testEvents.about('connection.unconfirmed', stored, { connectorUuid, connectorName, state });
    return stored.connection;
  }

  /**
   * Ends an attempt that `ConnectionsService.start` began: the owner gets a connection with the metadata of the attempt.
   *
   * @throws ConnectionsError `not_found`
   */
  async complete(attemptId: string, given: Partial<Connection> = {}): Promise<Connection> {
    const stored = this.store.attempts.get(attemptId);
    if (stored === undefined) {
      throw noSuch('attempt');
    }
    const { owner, attempt, metadata } = stored;
    const connection = await this.connect(owner, { ...given, metadata });
    const ended = { status: 'connected', connectionIds: [connection.id], completedAt: new Date() } as const;
    this.store.attempts.set(attemptId, { ...stored, attempt: { ...attempt, ...ended } });
    return connection;
  }

  /**
   * Changes the state of a connection as Powens reports it; null is a good one. Emits `connection.action_required` or
   * `connection.recovered` when the required action changes.
   *
   * @throws ConnectionsError `not_found`
   */
  async setState(connectionId: string, state: string | null): Promise<Connection> {
    const before = this.stored(connectionId);
    const { state: previousState, requiredAction: previousAction } = before.connection;
    const requiredAction = requiredActionOf(state);
    const stored = this.store.change(before, {
      connection: { ...before.connection, state, requiredAction },
    });
    if (requiredAction !== null && requiredAction !== previousAction) {
      const data = { state, requiredAction, previousState };
      await this.testEvents.about('connection.action_required', stored, data);
    }
    if (requiredAction === null && previousAction !== null) {
      await this.testEvents.about('connection.recovered', stored, { previousState });
    }
    return stored.connection;
  }

  /** Sets what `PowensService.forOwner(owner)` reads, in place of what was set before. */
  setBankData(owner: OwnerLike, data: TestBankData): void {
    this.store.bankData.set(keyOf(requiredOwner(owner)), data);
  }

  /** Sets what `PowensService.connectors()` reads. */
  setConnectors(connectors: readonly PowensConnector[]): void {
    this.store.connectors = connectors;
  }

  /** Sets what `PowensService.accountTypes()` reads. */
  setAccountTypes(types: readonly PowensAccountType[]): void {
    this.store.accountTypes = types;
  }

  /** Sets what `PowensService.currencies()` reads. */
  setCurrencies(currencies: readonly PowensCurrency[]): void {
    this.store.currencies = currencies;
  }

  /** Sets what `WebhookPayloads` reads for an event, by its id. */
  setPayload(eventId: string, data: Pick<TestBankData, 'accounts' | 'transactions' | 'documents'>): void {
    this.payloads.payloads.set(eventId, data);
  }

  /** Forgets everything, between two tests. */
  reset(): void {
    this.store.clear();
    this.payloads.payloads.clear();
    this.testEvents.recorded.length = 0;
  }

  private stored(connectionId: string): StoredConnection {
    const stored = this.store.connections.get(connectionId);
    if (stored === undefined) {
      throw noSuch();
    }
    return stored;
  }
}
