import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { ConnectionsError } from '../../errors/index.js';
import type { StartedAttempt } from '../../flow/connect/connect-flow.types.js';
import { ConnectionsService } from '../../flow/connections.service.js';
import type { OpenLinkOptions, ShareLink, ShareLinkRequest } from '../../flow/links/share-link.types.js';
import type { ShareLinksService } from '../../flow/links/share-links.service.js';
import { requiredOwner } from '../../options/owner-of.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';
import { keyOf, MemoryStore } from './memory-store.js';
import type { PublicOf } from './public-of.js';

const DAY_MINUTES = 1440;

/** `ShareLinksService` over memory: a link works for its owner, until it expires, as often as it may be used. */
@Injectable()
export class FakeShareLinks implements PublicOf<ShareLinksService> {
  constructor(
    private readonly store: MemoryStore,
    private readonly connections: ConnectionsService,
  ) {}

  async create(
    owner: OwnerLike,
    { expiresInMinutes = DAY_MINUTES, maxUses = 1, ...request }: ShareLinkRequest = {},
  ): Promise<ShareLink> {
    const id = newId();
    const token = `test-link-${newId()}`;
    const expiresAt = new Date(new Date().getTime() + expiresInMinutes * 60_000);
    this.store.links.set(id, { owner: requiredOwner(owner), token, request, expiresAt, usesLeft: maxUses });
    const url = `https://app.example.test/connections/links/open?token=${token}`;
    return Promise.resolve({ id, token, url, expiresAt, maxUses });
  }

  async revoke(owner: OwnerLike, id: string): Promise<void> {
    const link = this.store.links.get(id);
    if (link === undefined || keyOf(link.owner) !== keyOf(requiredOwner(owner))) {
      return Promise.reject(new ConnectionsError('not_found', 'There is no such link.'));
    }
    this.store.links.delete(id);
    return Promise.resolve();
  }

  async open(owner: OwnerLike, token: string, options: OpenLinkOptions = {}): Promise<StartedAttempt> {
    const known = requiredOwner(owner);
    const link = [...this.store.links.values()].find(
      (one) =>
        one.token === token &&
        keyOf(one.owner) === keyOf(known) &&
        one.usesLeft > 0 &&
        one.expiresAt > new Date(),
    );
    if (link === undefined) {
      throw new ConnectionsError('not_found', 'This link cannot be used.');
    }
    const started = await this.connections.start(known, link.request, options.binding ?? null);
    link.usesLeft -= 1;
    return started;
  }
}
