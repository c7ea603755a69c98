import { Injectable } from '@nestjs/common';
import { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import { ErasureRepository } from '../../custody/erasure.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsError } from '../../errors/index.js';
import type { Owner } from '../../values/owner.js';

/** Times the row is read when another process changes it meanwhile. */
const MAX_READS = 10;

/** A row that is on its way out. */
export interface BegunErasure {
  readonly userId: string;
  readonly status: 'erasing' | 'forgetting';
}

/**
 * Makes the wish of an owner to leave durable, in a form that an edited row does not have.
 *
 * @internal
 */
@Injectable()
export class ErasureIntent {
  constructor(
    private readonly accounts: PowensUserLeaseRepository,
    private readonly erasures: ErasureRepository,
    private readonly custody: TokenCustodyService,
  ) {}

  /**
   * Begins the erasure of an owner.
   *
   * @returns id and status of the row, or null when the owner has no Powens user. One that is being forgotten is left to that:
   *   such a row never leads to a deletion at Powens
   * @throws ProviderMismatchError or CustodyError when the row may not be acted for: then nothing was begun;
   *   ConnectionsError `busy`
   */
  async begin(owner: Owner): Promise<BegunErasure | null> {
    for (let reads = 1; reads <= MAX_READS; reads += 1) {
      const account = await this.accounts.find(owner);
      if (account === null || account.status === 'provisioning') {
        return null;
      }
      const { userId, status } = account;
      if (status === 'forgetting') {
        return { userId, status };
      }
      if (await this.erasures.begin(account, this.custody.authorizeErasure(account))) {
        return { userId, status: 'erasing' };
      }
    }
    throw new ConnectionsError('busy', 'The Powens user of this owner is being changed.', {
      retryAfterSeconds: 5,
    });
  }
}
