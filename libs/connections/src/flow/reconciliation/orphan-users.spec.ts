import type { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import type { PowensUserRepository } from '../../custody/powens-user.repository.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { clientFor, optionsFor } from '../../powens/__support__/powens-under-test.js';
import { json, stubHttp } from '../../powens/__support__/stub-server.js';
import { searchOrphans } from './orphan-users.js';

describe(searchOrphans.name, () => {
  it('should find the users that can be read, where another of the list cannot', async () => {
    const { origin } = await stubHttp((_, response) => {
      json(response, { users: [{ id: 412 }, { id: null }, 'x', { id: 413, signin: {} }] });
    });
    const { powens } = optionsFor(origin, { usersToken: 'users-token' });
    const search = {
      options: { powens, reconciliation: { usersPerMinute: 60 } as ResolvedOptions['reconciliation'] },
      users: {
        findOrphans: (listed: readonly { id: string }[]) => Promise.resolve(listed.map(({ id }) => id)),
      } as unknown as PowensUserRepository,
      powens: clientFor(origin),
      logger: { warn: () => undefined, error: () => undefined } as unknown as Logger,
    };
    const report = await searchOrphans(search, new AbortController().signal);
    expect(report).toMatchObject({ checked: true, count: 2, powensUserIds: ['412', '413'] });
  });
});
