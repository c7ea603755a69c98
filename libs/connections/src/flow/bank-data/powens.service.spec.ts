import { describe, expect, it } from 'vitest';
import type { ConnectionRepository } from '../../connections/connection.repository.js';
import { clientFor, optionsFor } from '../../powens/__support__/powens-under-test.js';
import { json, stubHttp } from '../../powens/__support__/stub-server.js';
import type { TokenAudit } from '../tokens/token-audit.service.js';
import type { TokenService } from '../tokens/token.service.js';
import { PowensService } from './powens.service.js';

async function serviceFor(body: unknown): Promise<PowensService> {
  const { origin } = await stubHttp((_, response) => {
    json(response, body);
  });
  const none = {};
  return new PowensService(
    none as TokenService,
    none as TokenAudit,
    clientFor(origin),
    none as ConnectionRepository,
    optionsFor(origin),
  );
}

describe('a public list of Powens', () => {
  const items = [{ id: 1, name: 'A' }, null, { name: 'without an id' }, { id: 'x y', name: 7 }, { id: 2 }];

  it('should hold every bank that can be read, where another cannot', async () => {
    const powens = await serviceFor({ connectors: items, total: 5 });
    expect((await powens.connectors().all()).map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('should hold every type of accounts and currency that can be read', async () => {
    const types = await (await serviceFor({ accounttypes: items })).accountTypes();
    expect(types.map(({ id }) => id)).toEqual(['1', '2']);
    const currencies = await (await serviceFor({ currencies: [{ id: 'EUR' }, {}, 'USD'] })).currencies();
    expect(currencies.map(({ id }) => id)).toEqual(['EUR']);
  });
});
