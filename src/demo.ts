import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsoleLogger } from '@nestjs/common';
import { ConnectionsService } from 'nestjs-powens-connections';
import { startHost, type RunningHost } from './bootstrap.js';
import { DemoPerson } from './demo/demo-person.js';
import { DemoSandbox } from './demo/demo-sandbox.js';
import { FirstAct } from './demo/first-act.js';
import { Narrator } from './demo/narrator.js';
import { SecondAct } from './demo/second-act.js';
import type { Stage } from './demo/stage.js';

/** Runs the whole flow and what follows, without a browser, on its own host and sandbox, and leaves nothing behind. */
async function demo(): Promise<void> {
  const start = performance.now();
  const dataDir = mkdtempSync(join(tmpdir(), 'powens-walk-'));
  const narrator = new Narrator((line) => console.log(line));
  try {
    // Errors are still logged; other log lines would only interrupt the hops.
    const host = await startHost(environmentOf(dataDir), {
      logger: new ConsoleLogger({ logLevels: ['error', 'fatal'] }),
    });
    try {
      narrator.title(`Host ${host.url}, sandbox ${host.sandboxUrl ?? 'elsewhere'}`);
      const stage = stageOf(host, narrator);
      narrator.title('ONE: THE FIRST CONNECTION');
      await new FirstAct(stage).run();
      narrator.title('TWO: ITS LIFE');
      await new SecondAct(stage).run();
    } finally {
      await host.close();
    }
    narrator.title(`Everything went as it should, in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function stageOf(host: RunningHost, narrator: Narrator): Stage {
  const sandboxUrl = host.sandboxUrl ?? '';
  const connections = host.app.get(ConnectionsService, { strict: false });
  return {
    alice: new DemoPerson(host.url, sandboxUrl, narrator),
    otherBrowser: new DemoPerson(host.url, sandboxUrl, narrator),
    sandbox: new DemoSandbox(sandboxUrl, narrator),
    narrator,
    renewToken: (user) => connections.renewToken(user),
  };
}

/** Free ports, an empty directory, a key for this walk; of the real environment only the choices that change the flow. */
function environmentOf(dataDir: string): NodeJS.ProcessEnv {
  const { HTTP_ADAPTER, CONNECTIONS_PROVISIONING } = process.env;
  return {
    PORT: '0',
    SANDBOX_PORT: '0',
    DATA_DIR: dataDir,
    CONNECTIONS_KEYS: `demo:${randomBytes(32).toString('base64')}`,
    HTTP_ADAPTER,
    CONNECTIONS_PROVISIONING,
  };
}

try {
  await demo();
} catch (error) {
  const reason = error instanceof Error ? error.message : 'unknown';
  console.error(`\nThe walk stopped: ${reason}`);
  process.exitCode = 1;
}
