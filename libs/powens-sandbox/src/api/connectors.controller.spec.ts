import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { ConnectorsController } from './connectors.controller.js';

const TEST_CONNECTOR = '338178e6-3d01-564f-9a7b-52ca442459bf';

describe(ConnectorsController.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());

  it('should list connectors to anyone, one per behaviour', async () => {
    const { json } = await sandbox.get('/2.0/connectors/');
    const all = json['connectors'] as Record<string, unknown>[];
    expect(all.some((one) => one['auth_mechanism'] === 'webauth')).toBe(true);
    expect(all.some((one) => one['beta'] === true)).toBe(true);
    expect(all.some((one) => one['restricted'] === true)).toBe(true);
    expect(all.filter((one) => String(one['capabilities']) === 'document')).toHaveLength(2);
  });

  it('should know the test connector by number and by uuid, with the documented keys', async () => {
    const { json } = await sandbox.get('/2.0/connectors/40');
    expect(Object.keys(json).join(' ')).toBe(
      'id uuid name hidden charged code beta color slug sync_frequency months_to_fetch auth_mechanism available_auth_mechanisms ' +
        'transfer_mechanism siret restricted capabilities account_usages payment_settings products',
    );
    expect(json).toMatchObject({ id: 40, uuid: TEST_CONNECTOR, name: 'Connecteur de test' });
    expect((await sandbox.get(`/2.0/connectors/${TEST_CONNECTOR}`)).json).toEqual(json);
  });

  it('should tell the fields of a connector', async () => {
    const { json } = await sandbox.get('/2.0/connectors/40/fields');
    expect(json['fields']).toMatchObject([
      { name: 'website', type: 'list', values: [{ value: 'par' }, { value: 'pro' }] },
      { name: 'login', type: 'text', values: null },
      { name: 'password', type: 'password', values: null },
    ]);
  });

  it('should filter by country and page through with links', async () => {
    const german = await sandbox.get('/2.0/connectors?country_codes=DE');
    expect(german.json).toMatchObject({ total: 1, connectors: [{ name: 'Sparbank am Spreeufer' }] });
    const seen: unknown[] = [];
    let path: string | undefined = '/2.0/connectors?limit=4';
    while (path !== undefined) {
      const { json } = await sandbox.get(path);
      seen.push(...(json['connectors'] as unknown[]));
      path = (json['_links'] as { next: { href: string } | null }).next?.href;
    }
    expect(seen).toHaveLength(11);
  });

  it('should not find an unknown one', async () => {
    expect((await sandbox.get('/2.0/connectors/9999')).status).toBe(404);
  });
});
