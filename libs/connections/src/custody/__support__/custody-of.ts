import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Transaction } from '../../database/unit-of-work.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import { verifyRow, type RowPurpose } from '../authenticator.js';
import { KeyRing } from '../crypto/key-ring.js';
import type { PowensUserState } from '../powens-user-lease.repository.js';
import type { PowensUserRepository } from '../powens-user.repository.js';
import { TokenCustodyService } from '../token-custody.service.js';
import { Tenants } from '../tenants/tenants.service.js';
import { NO_TENANT } from '../tenants/tenant.js';

export const OWNER = { id: 'anna', tenant: '' };
export const PROVIDER = { apiOrigin: 'https://acme.biapi.pro', clientId: '20000001' };
export const ROW = {
  owner: OWNER,
  userId: '0195a7c2-7f3e-7b61-9d11-3f6a4e1b2c3d',
  powensUserId: '412',
  provider: PROVIDER,
};
export const [k1, k2] = ['k1', 'k2'].map((id) => `${id}:${randomBytes(32).toString('base64')}`) as [
  string,
  string,
];

/** A host without tenants. */
export const NO_TENANTS = new Tenants({ instance: 'default', tenants: null });

export function custodyOf(keys: string, users: Partial<PowensUserRepository> = {}): TokenCustodyService {
  const options = { instance: 'default', powens: { provider: PROVIDER } } as ResolvedOptions;
  return new TokenCustodyService(options, KeyRing.parse(keys), users as PowensUserRepository, NO_TENANTS);
}

export const ELSEWHERE = { apiOrigin: 'https://other.biapi.pro', clientId: '20000001' };
export const TX = {} as Transaction;

/** A row as it is read, authentic under `keys`. */
export function stateOf(keys: string, change: Partial<PowensUserState> = {}): PowensUserState {
  const { sealedToken, authenticator } = custodyOf(keys).reseal(ROW, AccessToken.of('one'), NO_TENANT);
  const rest = { status: 'active', reason: null, renewable: true } as const;
  return { ...ROW, ...rest, sealedToken, authenticator, ...change };
}

/** As `stateOf`, written under the options of another provider. */
export function stateElsewhere(keys: string): PowensUserState {
  const options = { instance: 'default', powens: { provider: ELSEWHERE } } as ResolvedOptions;
  const there = new TokenCustodyService(options, KeyRing.parse(keys), {} as PowensUserRepository, NO_TENANTS);
  const sealedRow = there.reseal({ ...ROW, provider: ELSEWHERE }, AccessToken.of('one'), NO_TENANT);
  return { ...stateOf(keys), ...sealedRow, provider: ELSEWHERE };
}

export function purposesOf(authenticator: string, keys: string): RowPurpose[] {
  return (['keep', 'erase'] as const).filter((purpose) => {
    try {
      return verifyRow(authenticator, { row: ROW, purpose, instance: 'default' }, KeyRing.parse(keys)) !== '';
    } catch {
      return false;
    }
  });
}

export function refused(code: string): unknown {
  return expect.objectContaining({ code });
}

export function sealed(keys: string, token: string): string {
  return custodyOf(keys).reseal(ROW, AccessToken.of(token), NO_TENANT).sealedToken;
}
