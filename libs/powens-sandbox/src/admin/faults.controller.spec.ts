import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/helpers/until.js';
import { CREDENTIALS, SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { FaultsController } from './faults.controller.js';

describe(FaultsController.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.post('/sandbox/reset'));

  const plant = (fault: Record<string, unknown>): Promise<unknown> => sandbox.post('/sandbox/faults', fault);

  it('should answer any status, as often as asked, then no more', async () => {
    await plant({ kind: 'status', path: '/connectors', status: 503, times: 2 });
    const answers = [];
    for (let call = 0; call < 3; call += 1) {
      answers.push((await sandbox.get('/2.0/connectors')).status);
    }
    expect(answers).toEqual([503, 503, 200]);
  });

  it('should say when to come back with a 429', async () => {
    await plant({ kind: 'status', status: 429 });
    const { status, headers, json } = await sandbox.get('/2.0/connectors');
    expect([status, headers.get('retry-after'), json['code']]).toEqual([429, '60', 'rateLimit']);
  });

  it('should answer any headers and any body, text as it stands', async () => {
    await plant({ kind: 'status', status: 200, headers: { 'x-a': 'b' }, body: '{"id": 9007199254740993}' });
    const { headers, text } = await sandbox.get('/2.0/users/me');
    expect([headers.get('x-a'), text]).toEqual(['b', '{"id": 9007199254740993}']);
  });

  it('should fit a method, a path with or without version, and a prefix', async () => {
    await plant({ kind: 'status', method: 'post', path: '/2.0/auth/*' });
    expect((await sandbox.get('/2.0/connectors')).status).toBe(200);
    expect((await sandbox.get('/auth/token/code')).status).toBe(401);
    expect((await sandbox.post('/auth/init')).status).toBe(500);
    await plant({ kind: 'status', path: '/auth/init' });
    expect((await sandbox.post('/2.0/auth/init/')).status).toBe(500);
  });

  it('should be late', async () => {
    await plant({ kind: 'delay', delayMs: 150 });
    const start = performance.now();
    expect((await sandbox.get('/2.0/connectors')).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(140);
  });

  it('should end a delay when the faults are taken away', async () => {
    await plant({ kind: 'delay', delayMs: 3_600_000 });
    const late = sandbox.get('/2.0/connectors');
    await eventually(async () => expect((await sandbox.get('/sandbox/faults')).json['faults']).toEqual([]));
    expect(sandbox.ledger.calls).toEqual([]);
    await sandbox.call('DELETE', '/sandbox/faults');
    expect((await late).status).toBe(200);
  });

  it('should never answer', async () => {
    await plant({ kind: 'timeout' });
    const patience = new AbortController();
    const asking = fetch(`${sandbox.url}/2.0/connectors`, { signal: patience.signal });
    await eventually(() => expect(sandbox.ledger.calls).toHaveLength(1));
    patience.abort();
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    expect(sandbox.ledger.calls).toMatchObject([{ path: '/2.0/connectors', status: 0 }]);
  });

  it('should reset the line before processing', async () => {
    await plant({ kind: 'reset' });
    await expect(sandbox.post('/2.0/auth/init', CREDENTIALS)).rejects.toThrow();
    expect(sandbox.ledger.users).toEqual([]);
  });

  it('should process and then drop the answer', async () => {
    await plant({ kind: 'after', path: '/auth/init' });
    await expect(sandbox.post('/2.0/auth/init', CREDENTIALS)).rejects.toThrow();
    expect(sandbox.ledger.users).toHaveLength(1);
    expect(sandbox.ledger.calls).toMatchObject([{ path: '/2.0/auth/init', status: 200 }]);
  });

  it('should cut an answer short', async () => {
    await plant({ kind: 'truncate' });
    const response = await fetch(`${sandbox.url}/2.0/connectors`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('should fail as the edge does', async () => {
    await plant({ kind: 'html503' });
    const { status, headers, text } = await sandbox.get(sandbox.webviewUrl());
    expect([status, headers.get('content-type')]).toEqual([503, 'text/html']);
    expect(text).toContain('cloudfront');
  });

  it('should be taken away, and never spoil the admin routes', async () => {
    await plant({ kind: 'status', times: 5 });
    expect((await sandbox.get('/sandbox/faults')).json['faults']).toHaveLength(1);
    expect((await sandbox.call('DELETE', '/sandbox/faults')).status).toBe(204);
    expect((await sandbox.get('/2.0/connectors')).status).toBe(200);
  });

  it('should refuse a kind it does not know', async () => {
    expect((await sandbox.post('/sandbox/faults', { kind: 'meteor' })).status).toBe(400);
  });
});
