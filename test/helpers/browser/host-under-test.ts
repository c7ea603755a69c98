import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ledger } from 'powens-sandbox';
import { startHost } from '../../../src/bootstrap.js';
import { registerSecret } from '../canary/collector.js';
import { CapturingLogger } from '../canary/capturing-logger.js';

/** The demo host in this process, on free ports and a directory of its own. */
export interface HostUnderTest {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly logger: CapturingLogger;
  ledger(): Promise<Ledger>;
  close(): Promise<void>;
}

/** Starts the host; whatever its sandbox gives out is looked for in the output of the run. */
export async function startHostUnderTest(adapter: 'express' | 'fastify'): Promise<HostUnderTest> {
  const dataDir = mkdtempSync(join(tmpdir(), 'host-'));
  const key = randomBytes(32).toString('base64');
  registerSecret('key', key);
  const logger = new CapturingLogger();
  const env = {
    PORT: '0',
    SANDBOX_PORT: '0',
    DATA_DIR: dataDir,
    HTTP_ADAPTER: adapter,
    CONNECTIONS_KEYS: `test:${key}`,
  };
  const host = await startHost(env, { logger });
  const sandboxUrl = host.sandboxUrl ?? '';
  const ledger = async (): Promise<Ledger> =>
    (await (await fetch(`${sandboxUrl}/sandbox/ledger`)).json()) as Ledger;
  return {
    url: host.url,
    sandboxUrl,
    logger,
    ledger,
    close: async () => {
      const { codes, tokens } = await ledger();
      for (const { code } of codes) registerSecret('code', code);
      for (const { token } of tokens) registerSecret('access token', token);
      await host.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
