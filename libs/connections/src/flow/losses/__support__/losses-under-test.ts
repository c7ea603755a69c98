import { Store } from '../../../database/__support__/store.js';
import { AttemptRepository } from '../../../attempts/attempt.repository.js';
import { ConnectionChangesRepository } from '../../../connections/connection-changes.repository.js';
import { ConnectionRepository } from '../../../connections/connection.repository.js';
import { PowensUserLeaseRepository } from '../../../custody/powens-user-lease.repository.js';
import { ConnectionCustody } from '../../../custody/connections/connection-custody.service.js';
import type { TokenCustodyService } from '../../../custody/token-custody.service.js';
import { KeyRing } from '../../../custody/crypto/key-ring.js';
import { madeUpKey } from '../../../custody/__support__/rotation-under-test.js';
import { LossRepository } from '../../../custody/losses/loss.repository.js';
import type { ResolvedOptions } from '../../../options/resolve/resolved-options.js';
import type { OutboxRelayService } from '../../../outbox/outbox-relay.service.js';
import { OutboxRepository } from '../../../outbox/outbox.repository.js';
import type { PowensClient } from '../../../powens/powens.client.js';
import type { PowensConnection } from '../../../powens/powens.parsers.js';
import { InboxRepository } from '../../../webhooks/inbox.repository.js';
import { EventTransaction } from '../../changes/event-transaction.js';
import { ConnectionChangesService } from '../../changes/connection-changes.service.js';
import type { TokenService } from '../../tokens/token.service.js';
import { LossPolicy } from '../loss-policy.service.js';
import { RemoteConnections } from '../remote-connections.service.js';

/** An event that waits in the outbox. */
export interface StoredEvent {
  readonly type: string;
  readonly ownerId: string;
  readonly tenant: string;
  readonly powensUserId: string;
  readonly connectionId: string | null;
  readonly powensConnectionId: string | null;
  readonly attemptId: string | null;
  readonly data: object;
}

/** What Powens answers, in the place of Powens. */
export interface PowensAnswers {
  /** Connections by their ids there; what is thrown for any other. */
  readonly connections: Map<string, PowensConnection>;
  otherwise: Error;
}

/** The loss policy with all that it writes, on a database; Powens is answered by the test. */
export class LossesUnderTest {
  readonly answers: PowensAnswers = { connections: new Map(), otherwise: new Error('not answered') };
  wakes = 0;

  private constructor(readonly store: Store) {}

  static async open(): Promise<LossesUnderTest> {
    return new LossesUnderTest(await Store.open());
  }

  async empty(): Promise<void> {
    await this.store.empty();
    this.answers.connections.clear();
    this.wakes = 0;
  }

  async events(): Promise<StoredEvent[]> {
    const rows = await this.store.query<{ payload: string }>(
      'SELECT payload FROM powens_outbox ORDER BY position',
    );
    return rows.map(({ payload }) => JSON.parse(payload) as StoredEvent);
  }

  /** The services as a process makes them. */
  services(losses: Partial<ResolvedOptions['losses']> = {}): {
    policy: LossPolicy;
    missing: RemoteConnections;
    events: EventTransaction;
  } {
    const { database } = this.store;
    const options = {
      instance: 'default',
      losses: { confirmAfterHours: 24, maxPerDay: 3, maxPercentPerDay: 1, rememberDays: 30, ...losses },
    } as ResolvedOptions;
    const relay = {
      leaseForAppend: () => null,
      deliver: () => undefined,
      wake: () => (this.wakes += 1),
    } as unknown as OutboxRelayService;
    const [attempts, changes] = [new AttemptRepository(database), new ConnectionChangesRepository(database)];
    const events = new EventTransaction(database, new OutboxRepository(database), relay, attempts);
    const policy = new LossPolicy(options, new LossRepository(database), changes, attempts, events);
    const connectionChanges = new ConnectionChangesService(
      options,
      new ConnectionRepository(database),
      changes,
      new PowensUserLeaseRepository(database),
      new InboxRepository(database),
      events,
      new ConnectionCustody(options, KeyRing.parse(madeUpKey('k1'))),
    );
    return {
      policy,
      events,
      missing: new RemoteConnections(
        this.tokens,
        this.powens,
        changes,
        connectionChanges,
        policy,
        {} as TokenCustodyService,
      ),
    };
  }

  private get tokens(): TokenService {
    const call = async (
      _owner: unknown,
      _account: unknown,
      send: (token: string) => unknown,
    ): Promise<unknown> => send('token');
    return { call } as unknown as TokenService;
  }

  private get powens(): PowensClient {
    const getConnection = async (_token: unknown, id: string): Promise<PowensConnection> => {
      const found = this.answers.connections.get(id);
      return found === undefined ? Promise.reject(this.answers.otherwise) : Promise.resolve(found);
    };
    return { getConnection } as unknown as PowensClient;
  }
}
