import { describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { DocumentsController } from './documents.controller.js';

interface Row {
  id: number;
  date: string;
}

describe(DocumentsController.name, () => {
  it('should give each document of the person a PDF, and none to another user', async () => {
    const sandbox = await SandboxHarness.start();
    const { token } = await sandbox.connectedUser({ connector_ids: '81' });
    const { json } = await sandbox.get('/2.0/users/me/documents?limit=1', token);
    const [document] = json['documents'] as { id: number; url: string }[];
    const file = await sandbox.get(new URL(document?.url ?? '').pathname, token);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(file.text).toMatch(/^%PDF-/);
    const other = await sandbox.connectedUser({ connector_ids: '81' });
    expect((await sandbox.get(`/2.0/documents/${document?.id}/file`, other.token)).status).toBe(404);
    await sandbox.close();
  });

  it('should keep what a person changes on a document, and filter by type, amount and date', async () => {
    const sandbox = await SandboxHarness.start();
    const { token } = await sandbox.connectedUser({ connector_ids: '81' });
    const read = async (query: string): Promise<Row[]> =>
      (await sandbox.get(`/2.0/documents?limit=100&${query}`, token)).json['documents'] as Row[];
    const [first, ...others] = await read('');
    const path = `/2.0/documents/${first?.id}`;
    const body = { name: 'mine.pdf', total_amount: 1000.5, date: '2019-05-06', id_type: 2 };
    expect((await sandbox.post(path, body, token)).json).toMatchObject({
      ...body,
      date: '2019-05-06 00:00:00',
    });
    expect((await sandbox.get(path, token)).json).toMatchObject({ name: 'mine.pdf', type: 'report' });
    expect((await read('min_amount=1000.25')).map(({ id }) => id)).toEqual([first?.id]);
    expect((await read('max_date=2019')).map(({ id }) => id)).toEqual([first?.id]);
    expect(await read('id_type=1')).toHaveLength(others.length);
    const refused = await sandbox.post(path, { date: '2026-02-30' }, token);
    expect([refused.status, (await sandbox.post(path, { id_type: 99 }, token)).status]).toEqual([400, 400]);
    await sandbox.close();
  });

  it('should say between which days the documents are, all of them and those shown', async () => {
    const sandbox = await SandboxHarness.start();
    const { token } = await sandbox.connectedUser({ connector_ids: '81' });
    const { json } = await sandbox.get('/2.0/documents?limit=100', token);
    const days = (json['documents'] as Row[]).map(({ date }) => date.slice(0, 10)).sort();
    expect(json).toMatchObject({ first_date: days[0], last_date: days.at(-1), result_min_date: days[0] });
    const newest = await sandbox.get(`/2.0/documents?limit=100&min_date=${days.at(-1)}`, token);
    expect(newest.json).toMatchObject({ first_date: days[0], result_min_date: days.at(-1) });
    expect((await sandbox.get('/2.0/documents', token)).json).toMatchObject({ code: 'missingParameter' });
    await sandbox.close();
  });
});
