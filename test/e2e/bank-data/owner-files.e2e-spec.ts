import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { PowensService, type OwnerPowensClient } from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner, outbound } from '../../helpers/flow/observe.js';

let app: FlowApp;
let alice: OwnerPowensClient;
let bob: OwnerPowensClient;

beforeAll(async () => {
  app = await startFlowApp();
  const powens = app.app.get(PowensService);
  await connectedOwner(app, 'alice');
  await connectedOwner(app, 'bob');
  [alice, bob] = [powens.forOwner('alice'), powens.forOwner('bob')];
});

afterEach(async () => {
  await fetch(`${app.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
});

afterAll(async () => {
  await app.close();
});

async function plant(fault: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(fault) };
  expect((await fetch(`${app.sandbox.url}/sandbox/faults`, init)).status).toBe(201);
}

async function documentOf(client: OwnerPowensClient): Promise<string> {
  const [document] = (await client.documents({ limit: 1 }).page()).items;
  return document?.id ?? '';
}

const filesRead = (): number => outbound(app).filter(({ path }) => path.endsWith('/file')).length;

describe('the file of a document', () => {
  it('should be read as a stream, with its type, its length and its name', async () => {
    const file = await alice.documentFile(await documentOf(alice));
    expect(file.contentType).toBe('application/pdf');
    expect(file.name).toMatch(/^(releve|facture)-\d{4}-\d{2}\.pdf$/);
    const bytes = await buffer(file.stream);
    expect(bytes.subarray(0, 5).toString('latin1')).toBe('%PDF-');
    expect(bytes.length).toBe(file.length);
  });

  it("should be that of the owner's connections in use only", async () => {
    const id = await documentOf(bob);
    const before = filesRead();
    await expect(alice.documentFile(id)).rejects.toMatchObject({ code: 'powens_refused' });
    await expect(alice.documentFile('nonsense')).rejects.toMatchObject({ code: 'invalid_request' });
    expect(filesRead()).toBe(before);
  });

  it('should end with a typed error when Powens cuts the connection', async () => {
    const id = await documentOf(alice);
    await plant({ kind: 'truncate', path: `/users/me/documents/${id}/file` });
    const file = await alice.documentFile(id);
    await expect(buffer(file.stream)).rejects.toMatchObject({
      code: 'powens_timeout',
      failure: { operation: 'GET /users/me/documents/{id}/file' },
    });
  });

  it('should be tried again while nothing of it came, and refused with the words of Powens', async () => {
    const id = await documentOf(alice);
    const path = `/users/me/documents/${id}/file`;
    await plant({ kind: 'reset', path });
    expect((await buffer((await alice.documentFile(id)).stream)).length).toBeGreaterThan(0);
    const body = { code: 'noFile', description: 'There is no file.' };
    await plant({ kind: 'status', path, status: 404, body });
    await expect(alice.documentFile(id)).rejects.toMatchObject({
      code: 'powens_refused',
      failure: { status: 404, powensCode: 'noFile' },
    });
  });

  it('should be given up by its reader: before the request, while it waits, while it is read', async () => {
    const id = await documentOf(alice);
    const reason = new Error('the person left');
    await expect(alice.documentFile(id, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    await plant({ kind: 'timeout', path: `/users/me/documents/${id}/file` });
    const waiting = new AbortController();
    const before = filesRead();
    const opened = alice.documentFile(id, { signal: waiting.signal });
    const outcome = expect(opened).rejects.toBe(reason);
    await expect.poll(() => filesRead(), { timeout: 180_000 }).toBeGreaterThan(before);
    waiting.abort(reason);
    await outcome;

    const reading = new AbortController();
    const file = await alice.documentFile(id, { signal: reading.signal });
    reading.abort();
    const [error] = (await once(file.stream, 'error')) as [Error];
    expect(error.name).toBe('AbortError');
    expect(file.stream.destroyed).toBe(true);
  });
});

describe('the files of a transaction', () => {
  it('should be listed, and read as streams where Powens links to them', async () => {
    const [transaction] = (await alice.transactions({ limit: 1 }).page()).items;
    const id = transaction?.id ?? '';
    const [receipt] = await alice.attachments(id);
    expect(receipt).toMatchObject({ name: 'ticket.pdf', contentType: 'application/pdf' });
    const file = await alice.attachmentFile(id, receipt?.id ?? '');
    const bytes = await buffer(file.stream);
    expect([bytes.length, file.length]).toEqual([receipt?.length, receipt?.length]);
    await expect(alice.attachmentFile(id, '1')).rejects.toMatchObject({ code: 'not_found' });
    await expect(bob.attachments(id)).rejects.toMatchObject({ code: 'powens_refused' });
  });
});
