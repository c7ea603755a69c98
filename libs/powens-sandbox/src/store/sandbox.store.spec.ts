import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { SandboxStore } from './sandbox.store.js';

describe(SandboxStore.name, () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'powens-sandbox-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const files = (): string => {
    const directory = join(dataDir, 'powens-sandbox');
    return readdirSync(directory)
      .map((name) => readFileSync(join(directory, name), 'latin1'))
      .join('');
  };

  it('should know everything after a restart', async () => {
    const first = await SandboxHarness.start({ dataDir });
    const { token, connectionId } = await first.connectedUser();
    await first.advanceClock(7200);
    const before = first.ledger;
    await first.close();
    const second = await SandboxHarness.start({ dataDir });
    expect({ ...second.ledger, calls: [] }).toEqual({ ...before, calls: [] });
    const { json } = await second.get('/2.0/users/me/connections', token);
    expect(json).toMatchObject({ connections: [{ id: Number(connectionId) }] });
    expect((await second.permanentUser()).id).toBeGreaterThan(before.users[0]?.id ?? 0);
    await second.close();
  });

  it('should have written a change before answering it, without being stopped properly', async () => {
    const first = await SandboxHarness.start({ dataDir });
    const callback = await first.visit();
    // A second sandbox on the same files stands for a process that was killed: nothing was closed or flushed.
    const second = await SandboxHarness.start({ dataDir });
    expect((await second.exchange(callback.searchParams.get('code') ?? '')).status).toBe(200);
    await Promise.all([first.close(), second.close()]);
  });

  it('should forget a last line that was never completed', async () => {
    const first = await SandboxHarness.start({ dataDir });
    const { id } = await first.permanentUser();
    await first.close();
    appendFileSync(join(dataDir, 'powens-sandbox', 'journal.log'), 'half a li');
    const second = await SandboxHarness.start({ dataDir });
    expect(second.ledger.users).toEqual([{ id, temporary: false, deleted: false }]);
    await second.close();
  });

  it('should stay empty after a reset', async () => {
    const first = await SandboxHarness.start({ dataDir });
    await first.permanentUser();
    await first.post('/sandbox/reset');
    await first.close();
    const second = await SandboxHarness.start({ dataDir });
    expect(second.ledger.users).toEqual([]);
    await second.close();
  });

  it('should not lay tokens and codes open in its files', async () => {
    const sandbox = await SandboxHarness.start({ dataDir });
    const { token } = await sandbox.connectedUser();
    expect(files()).not.toContain(token);
    expect(files()).not.toContain(sandbox.ledger.codes[0]?.code);
    await sandbox.close();
  });
});
