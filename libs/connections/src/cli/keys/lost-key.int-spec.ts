import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from '../../../../../test/helpers/canary/collector.js';
import { postgresCapabilities } from '../../../../../test/helpers/database.js';
import { startFlowApp, type FlowApp } from '../../../../../test/helpers/flow/flow-app.js';
import { connected, connectionsOf, liveTokens } from '../../../../../test/helpers/flow/lifecycle.js';
import { powensUserIdOf } from '../../../../../test/helpers/flow/reconciling.js';
import { clearTokenOf } from '../../../../../test/helpers/upstream/upstream.js';
import { madeUpKey } from '../../custody/__support__/rotation-under-test.js';
import { runKeysCommand } from './keys-command.js';

// On PGlite the sessions of the test and of the command would wait for one another.
describe.skipIf(!postgresCapabilities().concurrent)('a key that is lost', () => {
  const [k1, k2] = ['k1', 'k2'].map(madeUpKey) as [string, string];
  let before: FlowApp;

  beforeAll(async () => {
    before = await startFlowApp({ options: { keys: k1 } });
  });

  afterAll(async () => {
    await before.close();
  });

  async function run(...argv: string[]): Promise<{ code: number; text: string }> {
    let text = '';
    const output = {
      write: (part: string) => {
        text += part;
        captureOutput('connections keys', part);
      },
    };
    const code = await runKeysCommand(argv, {
      env: { DATABASE_URL: before.database.url, CONNECTIONS_KEYS: k2 },
      stdout: output,
      stderr: output,
      signal: new AbortController().signal,
    });
    return { code, text };
  }

  it('should cost the tokens and not the connections, when docs/key-management.md is followed', async () => {
    await connected(before, 'lena');
    await expect(startFlowApp({ like: before, options: { keys: k2 } })).rejects.toThrow('"k1"');

    expect(await run('abandon', '--key', 'k1')).toMatchObject({
      code: 1,
      text: expect.stringContaining('1 tokens need the key') as string,
    });
    expect(await run('abandon', '--key', 'k2', '--confirm')).toMatchObject({ code: 2 });
    expect(await run('abandon')).toMatchObject({ code: 2 });
    await expect(startFlowApp({ like: before, options: { keys: k2 } })).rejects.toThrow('"k1"');
    expect(await run('abandon', '--key', 'k1', '--confirm')).toMatchObject({ code: 0 });

    const after = await startFlowApp({ like: before, options: { keys: k2 } });
    const browser = after.browser('lena');
    expect((await browser.send('POST', '/connections/manage', {})).status).toBe(201);
    expect(await clearTokenOf(after, 'lena')).not.toBe('');
    expect(await connectionsOf(browser)).toHaveLength(1);
    expect(liveTokens(after, await powensUserIdOf(after, 'lena'))).toHaveLength(1);
    await after.stop();
  });
});
