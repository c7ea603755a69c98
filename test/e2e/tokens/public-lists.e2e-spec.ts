import { PowensService, type AuditEntry } from 'nestjs-powens-connections';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner } from '../../helpers/flow/observe.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';

describe('the public lists of Powens', () => {
  const uses: AuditEntry[] = [];
  const audit = (use: AuditEntry): void => {
    uses.push(use);
  };
  let powens: PowensService;

  let app: FlowApp;

  useFlowApp({ options: { audit } }, (opened) => {
    app = opened;
  });

  beforeAll(async () => {
    powens = app.app.get(PowensService);
    await connectedOwner(app, 'alice');
  });

  beforeEach(() => {
    uses.length = 0;
  });

  it('should list connectors without a token', async () => {
    const connectors = await powens.connectors({ countryCodes: ['DE'], limit: 5 }).all();
    expect(connectors).toMatchObject([{ name: 'Sparbank am Spreeufer', capabilities: ['bank'] }]);
    expect((await powens.connectors({ limit: 3 }).all()).length).toBeGreaterThan(9);
    expect(uses).toEqual([]);
  });

  it('should list the types of accounts without a token, with the words that accounts have', async () => {
    const types = await powens.accountTypes();
    const ofMarket = { name: 'market', displayName: 'Compte titres', isInvestment: true };
    expect(types).toContainEqual(expect.objectContaining(ofMarket));
    expect(uses).toEqual([]);
    const used = await powens.forOwner('alice').accounts();
    expect(types.map(({ name }) => name)).toEqual(expect.arrayContaining(used.map(({ type }) => type)));
  });

  it('should list currencies without a token', async () => {
    expect(await powens.currencies()).toContainEqual({
      ...{ id: 'USD', name: 'Dollar américain', symbol: '$', precision: 2 },
      ...{ isSymbolFirst: true, isCrypto: false },
    });
    expect(uses).toEqual([]);
  });
});
