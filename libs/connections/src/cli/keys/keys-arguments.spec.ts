import { describe, expect, it } from 'vitest';
import { UsageError } from '../shared/usage-error.js';
import { HELP, readArguments } from './keys-arguments.js';

describe(readArguments.name, () => {
  it('should read a command, and leave the rest to the defaults', () => {
    expect(readArguments(['count'])).toEqual({
      command: 'count',
      instance: 'default',
      schema: undefined,
      prefix: undefined,
      batchSize: undefined,
      keyProvider: undefined,
      key: undefined,
      envFile: undefined,
      confirm: false,
    });
  });

  it('should read every option', () => {
    const line =
      'rotate --instance eu --schema banks --prefix my_ --batch 100 --key-provider ./kms.js --key k0 --env-file .env --confirm';
    expect(readArguments(line.split(' '))).toEqual({
      command: 'rotate',
      instance: 'eu',
      schema: 'banks',
      prefix: 'my_',
      batchSize: 100,
      keyProvider: './kms.js',
      key: 'k0',
      envFile: '.env',
      confirm: true,
    });
  });

  it.each([['--help'], ['rotate', '--help'], ['--help', 'nonsense']])(
    'should give help for %s',
    (...argv) => {
      expect(readArguments(argv)).toBe('help');
    },
  );

  it('should name every option in the help', () => {
    for (const option of ['--instance', '--schema', '--prefix', '--batch', '--key-provider', '--env-file']) {
      expect(HELP).toContain(option);
    }
  });

  it.each([
    [[]],
    [['remove']],
    [['rotate', 'count']],
    [['rotate', '--force']],
    [['rotate', '--batch']],
    [['rotate', '--batch', 'many']],
    [['rotate', '--batch', '-1']],
    [['rotate', '--batch=1e3']],
    [['k1:c2VjcmV0', 'rotate']],
  ])('should refuse %j', (argv) => {
    expect(() => readArguments(argv)).toThrow(UsageError);
  });

  it.each([[['k1:c2VjcmV0']], [['rotate', '--k1:c2VjcmV0']], [['rotate', '--batch', 'c2VjcmV0']]])(
    'should not repeat %j, which may be a key in the wrong place',
    (argv) => {
      expect(() => readArguments(argv)).toThrow(/^(?!.*c2VjcmV0)/);
    },
  );
});
