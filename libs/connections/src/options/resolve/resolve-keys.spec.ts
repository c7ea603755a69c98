import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../errors/index.js';
import { resolveKeys } from './resolve-keys.js';

const provider = { loadKeys: async (): Promise<string> => 'k1:x' };
const JUST_KEYS = 'k1:AAAA,k0:BBBB';

function optionRefused(provided: Record<string, unknown>): string | null {
  try {
    resolveKeys(provided);
    return null;
  } catch (error) {
    expect((error as Error).message).not.toContain('AAAA');
    return error instanceof ConfigurationError ? error.option : null;
  }
}

describe(resolveKeys.name, () => {
  it('should split a ring written as one string', () => {
    expect(resolveKeys({ keys: JUST_KEYS })).toEqual({
      keys: ['k1:AAAA', 'k0:BBBB'],
      keyProvider: null,
      keyProviderTimeoutMs: 10_000,
    });
  });

  it('should take a key provider in place of keys', () => {
    expect(resolveKeys({ keyProvider: provider, keyProviderTimeoutMs: 500 })).toEqual({
      keys: null,
      keyProvider: provider,
      keyProviderTimeoutMs: 500,
    });
  });

  it.each([undefined, '', ' ', ',', []])('should take %j beside a key provider for no keys', (keys) => {
    expect(optionRefused({ keys, keyProvider: provider })).toBeNull();
  });

  it.each([JUST_KEYS, ['k1:AAAA']])('should refuse plain keys beside a key provider: %j', (keys) => {
    expect(optionRefused({ keys, keyProvider: provider })).toBe('keyProvider');
  });

  it.each([undefined, '', ' ', ',', []])('should refuse %j as the only keys', (keys) => {
    expect(optionRefused({ keys })).toBe('keys');
  });

  it('should refuse a key provider that cannot load keys', () => {
    expect(optionRefused({ keyProvider: { load: provider.loadKeys } })).toBe('keyProvider');
  });

  it.each([0, -1, 1.5, 300_001, Number.NaN])('should refuse a timeout of %s', (keyProviderTimeoutMs) => {
    expect(optionRefused({ keyProvider: provider, keyProviderTimeoutMs })).toBe('keyProviderTimeoutMs');
  });
});
