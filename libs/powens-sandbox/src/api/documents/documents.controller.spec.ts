import { describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { DocumentsController } from './documents.controller.js';

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
});
