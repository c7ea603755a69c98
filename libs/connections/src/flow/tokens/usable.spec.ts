import { describe, expect, it } from 'vitest';
import type { PowensUserStatus } from '../../custody/powens-user-lease.repository.js';
import { USER } from './__support__/powens-user.js';
import { usableOf } from './usable.js';

describe(usableOf, () => {
  it.each<PowensUserStatus>(['active', 'lost', 'revoked'])(
    'should give the token of a row that is %s, and where it belongs',
    (status) => {
      expect(usableOf({ ...USER, status })).toEqual({
        userId: 'row',
        powensUserId: '412',
        provider: USER.provider,
        sealedToken: 'sealed',
      });
    },
  );

  it.each<PowensUserStatus>(['provisioning', 'revoking', 'forgetting', 'erasing', 'erased'])(
    'should give no token of a row that is %s',
    (status) => {
      expect(usableOf({ ...USER, status })).toBeNull();
    },
  );

  it('should give nothing without a token, or without a Powens user', () => {
    expect(usableOf({ ...USER, sealedToken: null })).toBeNull();
    expect(usableOf({ ...USER, powensUserId: null })).toBeNull();
  });
});
