import type { AttemptClaimRepository } from '../../../attempts/attempt-claim.repository.js';
import type { AttemptCustody } from '../../../custody/attempt-custody.service.js';
import type { PowensUserLeaseRepository } from '../../../custody/powens-user-lease.repository.js';
import type { TokenCustodyService } from '../../../custody/token-custody.service.js';
import { CustodyError } from '../../../errors/index.js';
import type { PowensClient } from '../../../powens/powens.client.js';
import type { OwnedPowensUser } from '../../../values/owned-powens-user.js';
import { AccessToken } from '../../../values/secrets/access-token.js';
import type { TokenService } from '../../tokens/token.service.js';
import { TokenAccessService } from '../token-access.service.js';
import { NO_TENANT } from '../../../custody/tenants/tenant.js';

const clearOf = (token: AccessToken): string => token.use((clear) => clear);

/** A service whose rows and requests to Powens only note what is done with them. */
export class TokenAccessUnderTest {
  /** What was done, in its order. */
  readonly done: string[] = [];
  isAuthentic = true;
  stored: 'kept' | 'handed_over' | 'refused' | Error = 'kept';
  /** Token in the row of the attempt; undefined when there is no such claimed attempt. */
  inRow: string | null | undefined;
  whoIs: { id: string; signin: Date | null } | Error = { id: '412', signin: null };
  isKnown = true;
  isInUse = false;

  service(): TokenAccessService {
    const tokens = {
      call: async (_: unknown, user: OwnedPowensUser, send: (token: AccessToken) => Promise<unknown>) =>
        send(AccessToken.of(`token of ${user.powensUserId}`)),
    } as unknown as TokenService;
    const claims = {
      keepToken: async (_: unknown, sealed: string) => this.note(`store ${sealed}`, this.stored),
      findKeptToken: async () => Promise.resolve(this.inRow),
    } as unknown as AttemptClaimRepository;
    const sealing = {
      verify: () => {
        if (!this.isAuthentic) throw new CustodyError('token_tampered', '');
      },
      openCode: (sealed: string) => `opened ${sealed}`,
      tenantOf: async () => Promise.resolve(NO_TENANT),
      openToken: async (sealed: string) => Promise.resolve(AccessToken.of(sealed.replace('sealed ', ''))),
      sealToken: (token: AccessToken) => `sealed ${clearOf(token)}`,
    } as unknown as AttemptCustody;
    const powens = {
      exchangeCode: async (code: unknown, { redirectUri }: { redirectUri: string }) =>
        this.note(`exchange ${String(code)} for ${redirectUri}`, AccessToken.of('new')),
      getUser: async () => this.note('who is it', this.whoIs),
      revokeToken: async (token: AccessToken) => this.note(`revoke ${clearOf(token)}`, undefined),
      listConnections: async () => this.note('list', []),
      deleteUser: async () => this.note('delete', undefined),
    } as unknown as PowensClient;
    const leases = {
      findByPowensUser: async () => Promise.resolve(this.isKnown ? {} : null),
    } as unknown as PowensUserLeaseRepository;
    const custody = {
      isTokenOf: async () => Promise.resolve(this.isInUse),
    } as unknown as TokenCustodyService;
    return new TokenAccessService(tokens, claims, sealing, powens, leases, custody, { instance: 'default' });
  }

  private async note<T>(what: string, answer: T | Error): Promise<T> {
    this.done.push(what);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
}
