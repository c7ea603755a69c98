import { ConfigurationError } from '../../errors/index.js';
import type { ConnectionsModuleOptions } from '../connections-module-options.interface.js';
import type { KeyProvider } from '../key-provider.interface.js';
import { group } from '../schema/group.js';
import type { Option } from '../schema/option.js';
import { hasMethod, own, whole } from '../schema/values.js';
import type { ResolvedOptions } from './resolved-options.js';

type KeySource = Pick<ResolvedOptions, 'keys' | 'keyProvider' | 'keyProviderTimeoutMs'>;
type Provided = Pick<ConnectionsModuleOptions, keyof KeySource>;
type KeyOptions = { readonly [N in keyof KeySource]: Option<KeySource[N]> };

/** A database or a load balancer that waits longer for a process to start is rare. */
const MAX_TIMEOUT_MS = 300_000;

const EMPTY = 'is empty. Give at least one "id:base64" with 32 bytes, made by: npx connections keys generate';

const providerObject = own<KeyProvider>(hasMethod('loadKeys'), 'must be an object with loadKeys().');

/**
 * Decides where the encryption keys come from.
 *
 * @throws ConfigurationError when no option provides them, or both do
 */
export function resolveKeys(provided: Provided): KeySource {
  return group(keyOptions(provided)).read(provided, '');
}

/**
 * Makes the options about keys.
 *
 * @param provided - what the host gave: each of them depends on the other
 * @param checkRing - checks keys that the options hold; the others are checked when their provider gave them
 * @see TC-10
 */
export function keyOptions(
  { keys, keyProvider }: Provided,
  checkRing?: (keys: readonly string[]) => void,
): KeyOptions {
  return {
    keys: {
      read: (_, path) => (keyProvider === undefined ? ringOf(keys, path, checkRing) : null),
    },
    keyProvider: {
      fallback: null,
      read: (given, path) => {
        if (given !== undefined && !isEmpty(listOf(keys))) {
          // Either choice would surprise: the plain ring is what the key service is meant to replace.
          throw new ConfigurationError(path, 'is set beside "keys". Remove one of them.');
        }
        return providerObject.read(given, path);
      },
    },
    keyProviderTimeoutMs: whole(1, MAX_TIMEOUT_MS, 10_000),
  };
}

function ringOf(
  keys: Provided['keys'],
  path: string,
  checkRing?: (keys: readonly string[]) => void,
): readonly string[] {
  const list = listOf(keys);
  if (isEmpty(list)) {
    const isMissing = keys === undefined || typeof keys === 'string' || Array.isArray(keys);
    throw new ConfigurationError(path, isMissing ? EMPTY : 'must be a text or a list of texts.');
  }
  checkRing?.(list);
  return list;
}

/** Anything but a text or a list of texts is no key. */
function listOf(keys: Provided['keys']): readonly string[] {
  const list: unknown = typeof keys === 'string' ? keys.split(',') : keys;
  return Array.isArray(list) ? list.map((key) => (typeof key === 'string' ? key : '')) : [];
}

function isEmpty(list: readonly string[]): boolean {
  return list.every((key) => key.trim() === '');
}
