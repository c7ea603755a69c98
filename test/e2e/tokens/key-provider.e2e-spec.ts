import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError, ConnectionsService, type KeyProvider } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { madeUpKey } from '../../helpers/envelope.js';
import { startFlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner } from '../../helpers/flow/observe.js';

const KEYS = madeUpKey('k1');

describe('keys out of a key service', () => {
  it('should be unwrapped once at boot, however many use them at once', async () => {
    let unwrapped = 0;
    const keyProvider: KeyProvider = {
      loadKeys: async () => {
        unwrapped += 1;
        await sleep(50);
        return KEYS;
      },
    };
    const app = await startFlowApp({ options: { keys: '', keyProvider } });
    await connectedOwner(app, 'anna');
    const service = app.app.get(ConnectionsService);
    const used = await Promise.all(
      Array.from({ length: 100 }, async () =>
        service.withToken('anna', (token) => token.use((clear) => clear.length)),
      ),
    );
    expect(new Set(used).size).toBe(1);
    expect(unwrapped).toBe(1);
    await app.close();
  });

  it('should stop the boot when the key service fails, and let the next one succeed', async () => {
    const home = await startFlowApp({ options: { keys: KEYS } });
    let calls = 0;
    const keyProvider: KeyProvider = {
      loadKeys: async () => {
        calls += 1;
        if (calls === 1) throw new Error(`cannot unwrap ${KEYS}`);
        return KEYS;
      },
    };
    const options = { keys: '', keyProvider };
    const failing = startFlowApp({ like: home, options });
    await expect(failing).rejects.toThrow(/^(?=.*keyProvider)(?!.*cannot unwrap)/);
    const app = await startFlowApp({ like: home, options });
    expect(calls).toBe(2);
    await app.stop();
    await home.close();
  });

  it('should stop the boot when the key service is too slow', async () => {
    const home = await startFlowApp({ options: { keys: KEYS } });
    const keyProvider: KeyProvider = { loadKeys: async () => new Promise(() => undefined) };
    const booting = startFlowApp({
      like: home,
      options: { keys: '', keyProvider, keyProviderTimeoutMs: 100 },
    });
    await expect(booting).rejects.toThrow('did not give the keys within 100 ms');
    await home.close();
  });

  it('should stop the boot when plain keys are set as well', async () => {
    const home = await startFlowApp({ options: { keys: KEYS } });
    const keyProvider: KeyProvider = { loadKeys: async () => KEYS };
    const booting = startFlowApp({ like: home, options: { keyProvider } });
    await expect(booting).rejects.toThrow(ConfigurationError);
    await home.close();
  });
});
