import { describe, expect, it } from 'vitest';
import { parseIdentity, parseOwnerIdentity, parseOwnership } from './holders.parsers.js';

describe(parseOwnerIdentity.name, () => {
  it.each([{ identity: { full_name: 'Camille Martin' } }, { full_name: 'Camille Martin' }])(
    'should read %j',
    (body) => {
      expect(parseOwnerIdentity(body)).toMatchObject({ fullName: 'Camille Martin' });
    },
  );

  it.each([{}, { identity: null }, { identity: 'x' }])('should read nobody from %j', (body) => {
    expect(parseOwnerIdentity(body)).toBeNull();
  });
});

describe(parseIdentity.name, () => {
  it('should read nobody from a text', () => {
    expect(parseIdentity('nobody')).toBeNull();
  });
});

describe(parseOwnership.name, () => {
  it('should read the holders of an account', () => {
    const wire = {
      ...{ id_account: 5301, id_connection: 1187, name: 'Compte joint', bank_name: 'Test', usage: 'PRIV' },
      multiple_holders: 1,
      identifications: [{ scheme_name: 'iban', identification: 'FR76' }, null],
      parties: [{ role: 'holder', identity: { full_name: 'Camille Martin', is_user: true } }, { role: 'co' }],
    };
    expect(parseOwnership(wire)).toMatchObject({
      ...{ accountId: '5301', powensConnectionId: '1187', hasMultipleHolders: true },
      identifications: [{ scheme: 'iban', value: 'FR76' }],
      parties: [
        { role: 'holder', identity: { fullName: 'Camille Martin', isUser: true, birthDate: null } },
        { role: 'co', identity: null },
      ],
    });
  });

  it.each([undefined, null, 'x', []])('should do without lists (%j)', (value) => {
    const read = parseOwnership({ id_account: 1, identifications: value, parties: value });
    expect(read).toMatchObject({ identifications: [], parties: [], hasMultipleHolders: null });
  });
});
