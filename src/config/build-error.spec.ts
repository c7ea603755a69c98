import { ConfigurationError } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { explainBuildError } from './build-error.js';

describe(explainBuildError.name, () => {
  it('should name the variable behind an option of the library', () => {
    const explained = explainBuildError(new ConfigurationError('keys', 'is empty.'));

    expect((explained as Error).message).toMatch(/^CONNECTIONS_KEYS cannot be used\. .*"keys" is empty\./);
  });

  it.each(['ECONNREFUSED', '28P01', '3D000'])(
    'should name DATABASE_URL after %s, and no value of it',
    (code) => {
      const explained = explainBuildError(Object.assign(new Error('canary'), { code }));

      expect((explained as Error).message).toBe(
        `DATABASE_URL leads to no database that can be used (${code}).`,
      );
    },
  );

  it.each([new Error('other'), new ConfigurationError('lang', 'must be one.'), null, 'text'])(
    'should leave %s as it is',
    (error) => {
      expect(explainBuildError(error)).toBe(error);
    },
  );
});
