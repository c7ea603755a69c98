import { ConfigurationError } from '../../errors/index.js';
import type { ConnectionsModuleOptions } from '../connections-module-options.interface.js';
import type { KeyProvider } from '../key-provider.interface.js';
import type { ResolvedOptions } from './resolved-options.js';

type KeySource = Pick<ResolvedOptions, 'keys' | 'keyProvider' | 'keyProviderTimeoutMs'>;
type Provided = Pick<ConnectionsModuleOptions, keyof KeySource>;

/** A database or a load balancer that waits longer for a process to start is rare. */
const MAX_TIMEOUT_MS = 300_000;

/**
 * Decides where the encryption keys come from. The keys themselves are read by custody.
 *
 * @throws ConfigurationError when no option provides them, or both do
 * @see TC-10
 */
export function resolveKeys({ keys, keyProvider, keyProviderTimeoutMs = 10_000 }: Provided): KeySource {
  assertTimeout(keyProviderTimeoutMs);
  const list = typeof keys === 'string' ? keys.split(',') : (keys ?? []);
  const isEmpty = list.every((key) => key.trim() === '');
  if (keyProvider !== undefined) {
    assertProvider(keyProvider, isEmpty);
    return { keys: null, keyProvider, keyProviderTimeoutMs };
  }
  if (isEmpty) {
    throw new ConfigurationError(
      'keys',
      'is empty. Give at least one "id:base64" with 32 bytes, made for instance by: openssl rand -base64 32',
    );
  }
  return { keys: list, keyProvider: null, keyProviderTimeoutMs };
}

function assertProvider(provider: Partial<KeyProvider>, isAlone: boolean): void {
  if (!isAlone) {
    // Either choice would surprise: the plain ring is what the key service is meant to replace.
    throw new ConfigurationError('keyProvider', 'is set beside "keys". Remove one of them.');
  }
  if (typeof provider.loadKeys !== 'function') {
    throw new ConfigurationError('keyProvider', 'must be an object with loadKeys().');
  }
}

function assertTimeout(timeoutMs: number): void {
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS) {
    throw new ConfigurationError(
      'keyProviderTimeoutMs',
      `must be a whole number of milliseconds from 1 to ${MAX_TIMEOUT_MS}.`,
    );
  }
}
