import { Injectable } from '@nestjs/common';
import { removeConnection } from '../store/connection-removal.js';
import { notFound } from '../http/sandbox-api.error.js';
import { SANDBOX_CHOICES } from '../sandbox.choices.js';
import type { UserRecord } from '../store/records.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { WebhookEvents } from '../webhooks/emission/webhook-events.service.js';

const LIFE_MS = SANDBOX_CHOICES.temporarySeconds * 1000;

/**
 * End users: made permanent or temporary, purged when they stay temporary, deleted with everything they own.
 *
 * @see protocol notes, section 4.5 and 5.1
 */
@Injectable()
export class UsersService {
  /** Temporary users in the order in which they will be purged: only the head is ever looked at. */
  private readonly purgeQueue: number[] = [];
  private purgeHead = 0;

  constructor(
    private readonly store: SandboxStore,
    private readonly events: WebhookEvents,
  ) {
    for (const user of store.users.all()) {
      if (user.temporary) {
        this.purgeQueue.push(user.id);
      }
    }
  }

  /** Makes a new user: each call does, the provider never looks for one that fits. */
  create(domain: string, temporary: boolean): UserRecord {
    const createdAt = this.store.clock.now();
    const user = this.store.users.put({
      id: this.store.nextId('user'),
      domain,
      temporary,
      createdAt,
      deletedAt: null,
    });
    if (temporary) {
      this.purgeQueue.push(user.id);
    } else {
      this.events.userCreated(user);
    }
    return user;
  }

  /** The user of that id, which must be one of the domain; a new one when no id is given. */
  namedOrNew(id: number | undefined, domain: string): UserRecord {
    if (id === undefined) {
      return this.create(domain, false);
    }
    const user = this.find(id);
    if (user?.domain !== domain) {
      throw notFound();
    }
    return user;
  }

  /** The user of that id, unless it was deleted or purged. */
  find(id: number): UserRecord | undefined {
    const user = this.store.users.get(id);
    return user === undefined || user.deletedAt !== null ? undefined : user;
  }

  /** The user a path names, `me` or its number, which must be the bearer's own: another one's is not found. */
  own(bearer: UserRecord, named: string): UserRecord {
    if (named !== 'me' && named !== 'all' && named !== String(bearer.id)) {
      throw notFound();
    }
    return bearer;
  }

  /** Every user of a domain that is not deleted. */
  ofDomain(domain: string): UserRecord[] {
    return [...this.store.users.all()].filter((user) => user.domain === domain && user.deletedAt === null);
  }

  /** A permanent token was made for this user: it stays. */
  makePermanent(user: UserRecord): void {
    if (user.temporary) {
      this.events.userCreated(this.store.users.put({ ...user, temporary: false }));
    }
  }

  /** Deletes a user with its connections; its tokens and codes die with it. */
  remove(user: UserRecord): void {
    for (const token of this.store.tokens.ownedBy(user.id)) {
      if (!token.revoked) {
        this.store.tokens.put({ ...token, revoked: true });
      }
    }
    for (const connection of this.store.connections.ownedBy(user.id)) {
      if (connection.deletedAt === null) {
        removeConnection(this.store, connection);
      }
    }
    this.store.users.put({ ...user, deletedAt: this.store.clock.now() });
    this.events.userDeleted(user);
  }

  /** Deletes the users that stayed temporary for too long. Runs before each request and costs nothing when none is due. */
  purgeExpired(): void {
    const now = this.store.clock.now();
    for (; this.purgeHead < this.purgeQueue.length; this.purgeHead += 1) {
      const user = this.find(this.purgeQueue[this.purgeHead] ?? -1);
      if (user?.temporary === true) {
        if (user.createdAt + LIFE_MS > now) {
          break;
        }
        this.remove(user);
      }
    }
    this.trimQueue();
  }

  private trimQueue(): void {
    if (this.purgeHead > 1000) {
      this.purgeQueue.splice(0, this.purgeHead);
      this.purgeHead = 0;
    }
  }
}
