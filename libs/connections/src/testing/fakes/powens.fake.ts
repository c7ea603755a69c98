import { Injectable } from '@nestjs/common';
import type { OwnerPowensClient } from '../../flow/bank-data/owner-powens-client.js';
import type { PowensPages } from '../../flow/bank-data/pages.js';
import type { PowensService } from '../../flow/bank-data/powens.service.js';
import { requiredOwner } from '../../options/owner-of.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';
import type {
  PowensAccountType,
  PowensConnector,
  PowensCurrency,
} from '../../powens/catalogue/catalogue.types.js';
import { FakeOwnerClient, notConnected, pagesOf } from './bank-data.fake.js';
import { keyOf, MemoryStore } from './memory-store.js';
import type { PublicOf } from './public-of.js';

/** `PowensService` that answers what the test gave, for owners who have connected something. */
@Injectable()
export class FakePowens implements PublicOf<PowensService> {
  constructor(private readonly store: MemoryStore) {}

  forOwner(named: OwnerLike): OwnerPowensClient {
    const key = keyOf(requiredOwner(named));
    const client = new FakeOwnerClient(() => {
      if (!this.store.tokens.has(key)) throw notConnected();
      return this.store.bankData.get(key) ?? {};
    });
    // Without its private fields: a fake has the methods.
    return client as unknown as OwnerPowensClient;
  }

  connectors(): PowensPages<PowensConnector> {
    return pagesOf(() => this.store.connectors);
  }

  async accountTypes(): Promise<PowensAccountType[]> {
    return pagesOf(() => this.store.accountTypes).all();
  }

  async currencies(): Promise<PowensCurrency[]> {
    return pagesOf(() => this.store.currencies).all();
  }
}
