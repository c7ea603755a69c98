import { Injectable } from '@nestjs/common';
import { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import { ErasureRepository } from '../../custody/erasure.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsError } from '../../errors/index.js';
import type { Owner } from '../../values/owner.js';

/** Times the row is read when another process changes it meanwhile. */
const MAX_READS = 10;

/** A Powens user row whose erasure has begun. */
export interface BegunErasure {
  readonly userId: string;
  readonly status: 'erasing' | 'forgetting';
}

/**
 * Records the intent to erase an owner, authenticated: an edited row never has a valid intent.
 *
 * @internal
 */
@Injectable()
export class ErasureIntent {
  constructor(
    private readonly leases: PowensUserLeaseRepository,
    private readonly erasures: ErasureRepository,
    private readonly custody: TokenCustodyService,
  ) {}

  /**
   * Begins the erasure of an owner.
   *
   * @returns id and status of the row, or null when the owner has no Powens user. One that is being forgotten stays so:
   *   such a row never leads to a deletion at Powens
   * @throws ProviderMismatchError or CustodyError when the row fails its verification: then nothing was begun;
   *   ConnectionsError `busy`
   */
  async begin(owner: Owner): Promise<BegunErasure | null> {
    for (let reads = 1; reads <= MAX_READS; reads += 1) {
      const user = await this.leases.find(owner);
      if (user === null || user.status === 'provisioning') {
        return null;
      }
      const { userId, status } = user;
      if (status === 'forgetting') {
        return { userId, status };
      }
      if (await this.erasures.begin(user, this.custody.authorizeErasure(user))) {
        return { userId, status: 'erasing' };
      }
    }
    throw new ConnectionsError('busy', 'The Powens user of this owner is being changed.', {
      retryAfterSeconds: 5,
    });
  }
}
