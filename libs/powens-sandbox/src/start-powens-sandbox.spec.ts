import { Logger } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/helpers/until.js';
import { SandboxHarness } from './__helpers__/sandbox.harness.js';
import { startPowensSandbox } from './start-powens-sandbox.js';

describe(startPowensSandbox.name, () => {
  it('should listen on a free loopback port and say where', async () => {
    const sandbox = await startPowensSandbox();
    expect(sandbox.url).toBe(`http://127.0.0.1:${sandbox.port}`);
    expect(sandbox.client.clientId).toBe('20000001');
    expect((await fetch(`${sandbox.url}/`)).headers.get('content-type')).toContain('text/html');
    await sandbox.close();
    await expect(fetch(sandbox.url)).rejects.toThrow();
  });

  it('should leave the log levels of the process as they were, also when several boot at once', async () => {
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const sandboxes = await Promise.all([startPowensSandbox(), startPowensSandbox(), startPowensSandbox()]);
    expect(written).not.toHaveBeenCalled();
    expect(Logger.isLevelEnabled('log')).toBe(true);
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
  });

  it('should fail when the port is taken', async () => {
    const sandbox = await startPowensSandbox();
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await expect(startPowensSandbox({ port: sandbox.port })).rejects.toThrow('EADDRINUSE');
    await sandbox.close();
  });

  it('should stop while a call hangs', async () => {
    const sandbox = await SandboxHarness.start();
    await sandbox.post('/sandbox/faults', { kind: 'timeout' });
    const hanging = fetch(`${sandbox.url}/2.0/connectors`).catch(() => 'cut');
    await eventually(() => expect(sandbox.ledger.calls).toHaveLength(1));
    await sandbox.close();
    expect(await hanging).toBe('cut');
  });

  it('should answer what it cannot read with an error object', async () => {
    const sandbox = await SandboxHarness.start();
    const headers = { 'content-type': 'application/json' };
    const malformed = await fetch(`${sandbox.url}/2.0/auth/init`, { method: 'POST', headers, body: '{bad' });
    expect([malformed.status, Object.keys((await malformed.json()) as object)]).toEqual([
      400,
      ['code', 'description', 'message', 'request_id'],
    ]);
    expect((await sandbox.get('/2.0/users/me%ZZ')).json['code']).toBe('notFound');
    expect((await sandbox.get('/2.0/nowhere')).json['code']).toBe('notFound');
    await sandbox.close();
  });
});
