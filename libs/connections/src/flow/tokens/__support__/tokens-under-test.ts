import type { LossRepository } from '../../../custody/losses/loss.repository.js';
import type {
  PowensUserLeaseRepository,
  PowensUserState,
} from '../../../custody/powens-user-lease.repository.js';
import type { TokenCustodyService } from '../../../custody/token-custody.service.js';
import type { OwnedPowensUser } from '../../../values/owned-powens-user.js';
import { AccessToken } from '../../../values/secrets/access-token.js';
import type { PowensUserLock } from '../powens-user-lock.service.js';
import type { AuditTrail } from '../../../custody/audit/audit-trail.service.js';
import { TokenAudit } from '../token-audit.service.js';
import type { TokenRenewal } from '../token-renewal.service.js';
import { TokenService } from '../token.service.js';
import { USER } from './powens-user.js';
import { NO_TENANT } from '../../../custody/tenants/tenant.js';

const LEASE = { userId: 'row', leaseToken: 'lease' };

export const KEPT: OwnedPowensUser = {
  ...{ userId: 'row', powensUserId: '412', provider: USER.provider, sealedToken: 'sealed' },
};

type Change = (...held: unknown[]) => Promise<unknown>;

/** A service whose rows, locks and tokens only note what is done with them. */
export class TokensUnderTest {
  /** What was done, in its order. */
  readonly done: string[] = [];
  readonly audited: string[] = [];
  user: PowensUserState | null = USER;
  /** The row under the lease; null when its status has changed. */
  locked: PowensUserState | null = USER;
  /** Subjects of the losses that are suspected. */
  suspected: readonly string[] = [];
  renewed: AccessToken | Error = AccessToken.of('new');
  isReplaced = true;

  readonly note = async <T>(what: string, answer: T): Promise<T> => {
    this.done.push(what);
    return Promise.resolve(answer);
  };

  service(): TokenService {
    const audit = new TokenAudit(
      {
        instance: 'default',
        audit: ({ operation, initiator, outcome }) => {
          this.audited.push(`${operation} by ${initiator}: ${outcome}`);
        },
      },
      { add: () => undefined } as unknown as AuditTrail,
    );
    const losses = {
      findOpenOf: async () => Promise.resolve(this.suspected.map((subject) => ({ subject }))),
    } as unknown as LossRepository;
    const registration = { instance: 'default' };
    return new TokenService(
      this.leases(),
      this.custody(),
      this.lock(),
      audit,
      losses,
      this.renewal(),
      registration,
    );
  }

  private leases(): PowensUserLeaseRepository {
    return {
      find: async () => Promise.resolve(this.user),
      release: async () => this.note('release', undefined),
      makeDue: async (id: string) => this.note(`compare ${id}`, undefined),
      replaceToken: async (_: unknown, old: string | null, { sealedToken }: { sealedToken: string }) =>
        this.note(`replace ${String(old)} by ${sealedToken}`, this.isReplaced),
      beginRevocation: async (id: string) => this.note(`begin revocation of ${id}`, undefined),
      endRevocation: async () => this.note('end revocation', undefined),
    } as unknown as PowensUserLeaseRepository;
  }

  private custody(): TokenCustodyService {
    return {
      find: async () => Promise.resolve(this.user?.status === 'active' ? KEPT : null),
      tenantOf: async () => Promise.resolve(NO_TENANT),
      open: async (_: unknown, { sealedToken }: OwnedPowensUser) =>
        Promise.resolve(AccessToken.of(`token in ${sealedToken}`)),
      reseal: (_: unknown, token: AccessToken) => ({
        sealedToken: token.use((clear) => `sealed ${clear}`),
      }),
      isSameToken: (_: unknown, [stored, remembered]: [string, string | null]) => stored === remembered,
    } as unknown as TokenCustodyService;
  }

  private lock(): PowensUserLock {
    const locked = async (id: string, statuses: readonly string[]): Promise<void> =>
      this.note(`lock ${id} if ${statuses.join(', ')}`, undefined);
    return {
      with: async (id: string, statuses: readonly string[], change: Change) => {
        await locked(id, statuses);
        return change(this.locked, LEASE);
      },
      withOrGone: async (id: string, statuses: readonly string[], change: Change) => {
        await locked(id, statuses);
        if (this.locked !== null) await change(this.locked, LEASE);
      },
    } as unknown as PowensUserLock;
  }

  private renewal(): TokenRenewal {
    return {
      renew: async () => {
        await this.note('renew', undefined);
        return this.renewed instanceof Error ? Promise.reject(this.renewed) : this.renewed;
      },
      revoke: async (token: AccessToken) => this.note(`revoke ${token.use((clear) => clear)}`, undefined),
    } as unknown as TokenRenewal;
  }
}
