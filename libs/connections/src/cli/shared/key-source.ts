import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KeyRingLoader } from '../../custody/crypto/key-ring-loader.js';
import type { KeyRing } from '../../custody/crypto/key-ring.js';
import type { KeyProvider } from '../../options/key-provider.interface.js';
import { resolveKeys } from '../../options/resolve/resolve-keys.js';
import type { Environment } from './output.js';
import { UsageError } from './usage-error.js';

/**
 * Loads the key ring that a command works with: of the application's variable, or of a key provider's module.
 *
 * @throws UsageError for a module that cannot be loaded; ConfigurationError for a ring that cannot be used
 */
export async function loadRing(keyProvider: string | undefined, env: Environment): Promise<KeyRing> {
  return loaderOf(await keyProviderOf(keyProvider), env['CONNECTIONS_KEYS']).load();
}

function loaderOf(keyProvider: KeyProvider | undefined, keys: string | undefined): KeyRingLoader {
  const source = resolveKeys({
    ...(keys === undefined ? {} : { keys }),
    ...(keyProvider === undefined ? {} : { keyProvider }),
  });
  return new KeyRingLoader(source);
}

/**
 * Loads the module of `--key-provider`, if there is one.
 *
 * @throws UsageError when it cannot be loaded
 */
export async function keyProviderOf(file: string | undefined): Promise<KeyProvider | undefined> {
  if (file === undefined) {
    return undefined;
  }
  try {
    const module = (await import(pathToFileURL(resolve(file)).href)) as { default?: KeyProvider };
    if (module.default !== undefined) {
      return module.default;
    }
  } catch (error) {
    const name = error instanceof Error ? error.name : 'an error';
    throw new UsageError(`The module of --key-provider cannot be loaded: ${name}.`);
  }
  throw new UsageError('The module of --key-provider has no default export.');
}
