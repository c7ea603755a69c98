import { describe, expect, it } from 'vitest';
import { UsageError } from '../shared/usage-error.js';
import { HELP, readDoctorArguments } from './doctor-arguments.js';

describe(readDoctorArguments.name, () => {
  it('should check when nothing is said', () => {
    expect(readDoctorArguments([])).toMatchObject({
      command: 'check',
      path: 'connections',
      instance: 'default',
      all: false,
    });
  });

  it('should read every option of a check', () => {
    const line =
      'check --path api/v1/banks --webhooks-url https://hooks.example.com/x --redirect-uri https://a.example.com/cb ' +
      '--instance eu --schema banks --prefix my_ --key-provider ./kms.js --all';
    expect(readDoctorArguments(line.split(' '))).toMatchObject({
      path: 'api/v1/banks',
      webhooksUrl: 'https://hooks.example.com/x',
      redirectUri: 'https://a.example.com/cb',
      instance: 'eu',
      schema: 'banks',
      prefix: 'my_',
      keyProvider: './kms.js',
      all: true,
    });
  });

  it('should read what a registration needs', () => {
    expect(
      readDoctorArguments(['register-webhooks', '--name', 'hmac1', '--secret-file', './secret']),
    ).toMatchObject({ command: 'register-webhooks', name: 'hmac1', secretFile: './secret' });
  });

  it('should read what a rebinding needs, and act only when told', () => {
    const line = 'rebind --from-origin https://old.biapi.pro --from-client-id 1';
    const named = { command: 'rebind', fromOrigin: 'https://old.biapi.pro', fromClientId: '1' };
    expect(readDoctorArguments(line.split(' '))).toMatchObject({
      ...named,
      confirm: false,
      withoutToken: false,
    });
    const more = readDoctorArguments(`${line} --confirm --without-token`.split(' '));
    expect(more).toMatchObject({ ...named, confirm: true, withoutToken: true });
  });

  it.each([['--help'], ['register-webhooks', '--help']])('should give help for %s', (...argv) => {
    expect(readDoctorArguments(argv)).toBe('help');
    expect(HELP).toContain('POWENS_CONFIG_TOKEN');
  });

  it.each([
    [['cure']],
    [['check', 'register-webhooks']],
    [['--force']],
    [['--path']],
    [['register-webhooks', '--name', 'hmac1']],
    [['register-webhooks', '--secret-file', './secret']],
  ])('should refuse %j', (argv) => {
    expect(() => readDoctorArguments(argv)).toThrow(UsageError);
  });

  it.each([[['hunter2hunter2']], [['--hunter2hunter2']]])('should not repeat %j', (argv) => {
    expect(() => readDoctorArguments(argv)).toThrow(/^(?!.*hunter2)/);
  });
});
