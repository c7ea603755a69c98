import { withTimeLimit } from '../../background/time-limit.js';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { errorNameOf } from '../../errors/describe-error.js';
import type { KeyProvider } from '../../options/key-provider.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { KeyRing } from './key-ring.js';

/** Where the keys come from: exactly one of both. */
export type KeySource = Pick<ResolvedOptions, 'keys' | 'keyProvider' | 'keyProviderTimeoutMs'>;

const OPTION = 'keyProvider';

/**
 * Loads the key ring, from the options or from the host's key provider.
 *
 * @see TC-10, TC-11
 * @internal
 */
export class KeyRingLoader {
  #loading: Promise<KeyRing> | undefined;

  constructor(private readonly source: KeySource) {}

  /**
   * Loads the ring once: concurrent callers share one call, later ones its result. A failure is not cached.
   *
   * @throws ConfigurationError when the provider fails, is too slow, or returns no valid ring
   */
  load(): Promise<KeyRing> {
    this.#loading ??= this.#read().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #read(): Promise<KeyRing> {
    const { keys, keyProvider, keyProviderTimeoutMs } = this.source;
    // Plain keys, too short ones included, are refused by the same parser: there is no second, laxer way in.
    return KeyRing.parse(
      keyProvider === null ? (keys ?? []) : await askProvider(keyProvider, keyProviderTimeoutMs),
    );
  }
}

async function askProvider(provider: KeyProvider, timeoutMs: number): Promise<string | readonly string[]> {
  const answer = await withTimeLimit(
    timeoutMs,
    async (signal) => call(provider, signal),
    () => new ConfigurationError(OPTION, `did not give the keys within ${timeoutMs} ms.`),
  );
  return asSpec(answer);
}

async function call(provider: KeyProvider, signal: AbortSignal): Promise<unknown> {
  try {
    return await provider.loadKeys({ signal });
  } catch (error) {
    // Neither message nor cause: JSON.parse quotes its input, which is the ring, and clients keep their request (TC-15).
    throw new ConfigurationError(
      OPTION,
      `failed with ${errorNameOf(error)}. Its own log should give the reason.`,
    );
  }
}

/** A provider written in JavaScript may return a value of another type. */
function asSpec(answer: unknown): string | readonly string[] {
  if (typeof answer === 'string') {
    return answer;
  }
  if (Array.isArray(answer) && answer.every((entry) => typeof entry === 'string')) {
    return answer;
  }
  throw new ConfigurationError(
    OPTION,
    'must give a string or a list of strings, as option "keys" takes them.',
  );
}
