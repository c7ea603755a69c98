import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { captureOutput, registerSecret } from '../../../../test/helpers/canary/collector.js';
import { builtCommand } from '../../../../test/helpers/host/build.js';
import { json, stubHttp, type Stub } from '../powens/__support__/stub-server.js';
import { runDoctor } from './__support__/doctor-under-test.js';

const CONFIG_TOKEN = `config-${randomBytes(16).toString('hex')}`;
const SECRET = `wh_${randomBytes(16).toString('hex')}`;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of its own, as an operator starts it. */
describe('connections doctor', () => {
  let command: string;
  let serial = 0;

  beforeAll(async () => {
    command = await builtCommand();
    registerSecret('config token', CONFIG_TOKEN);
    registerSecret('webhook secret', SECRET);
  });

  async function run(argv: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    const options = { env: { PATH: process.env['PATH'], ...env } };
    const ran = await promisify(execFile)(process.execPath, [command, 'doctor', ...argv], options).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (failed: unknown) => failed as Ran,
    );
    captureOutput('connections doctor', `${ran.stdout}${ran.stderr}`);
    return ran;
  }

  const newFile = (): string => join(inject('runFolder'), `doctor-secret-${process.pid}-${(serial += 1)}`);

  const argvOf = (name: string, secretFile: string): string[] => [
    ...['register-webhooks', '--name', name, '--secret-file', secretFile, '--path', 'api/connections'],
  ];

  const environmentOf = (powens: Stub): Record<string, string> => ({
    POWENS_DOMAIN: 'acme-sandbox',
    POWENS_CLIENT_ID: '20000001',
    POWENS_CLIENT_SECRET: 'made-up-client-secret',
    POWENS_API_URL: `${powens.origin}/2.0`,
    POWENS_CONFIG_TOKEN: CONFIG_TOKEN,
    PUBLIC_URL: 'https://app.example.com',
  });

  const registering = async (powens: Stub, name: string, secretFile: string): Promise<Ran> =>
    run(argvOf(name, secretFile), environmentOf(powens));

  const powensStub = async (): Promise<Stub> =>
    stubHttp((_, response) => {
      json(response, { id: 2356, type: 'hmac_signature', name: 'hmac1', config: { secret_key: SECRET } });
    });

  it('should start with the line that makes a file a command, and say what it does', async () => {
    expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    const { code, stdout } = await run(['--help']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('connections doctor')]);
  });

  it('should end with 1 when something is to fix', async () => {
    const { code, stdout } = await run([]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('POWENS_DOMAIN is missing')]);
  });

  it('should create the provider, keep its secret for its owner alone, and list what to register', async () => {
    const [powens, file] = [await powensStub(), newFile()];
    const { code, stdout, stderr } = await registering(powens, 'hmac1', file);
    expect([code, stderr]).toEqual([0, '']);
    expect(powens.requests).toMatchObject([
      {
        method: 'POST',
        url: '/2.0/webhooks/auth',
        headers: { authorization: `Bearer ${CONFIG_TOKEN}` },
        body: '{"type":"hmac_signature","name":"hmac1"}',
      },
    ]);
    expect(readFileSync(file, 'utf8')).toBe(`${SECRET}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, '');
    expect(stdout).toMatch(
      /CONNECTION_SYNCED +https:\/\/app\.example\.com\/api\/connections\/webhooks\/connection-synced\n/,
    );
    expect(stdout).not.toContain(SECRET);
  });

  it('should overwrite nothing, and not ask Powens then', async () => {
    const [powens, file] = [await powensStub(), newFile()];
    writeFileSync(file, 'kept');
    const { code, stderr } = await registering(powens, 'hmac1', file);
    expect([code, stderr]).toEqual([2, expect.stringContaining('exists')]);
    expect([readFileSync(file, 'utf8'), powens.requests]).toEqual(['kept', []]);
  });

  it.each(['hmac-prod', 'HMAC', 'fourteenletters', ''])(
    'should refuse the name "%s", and say why',
    async (name) => {
      const [powens, file] = [await powensStub(), newFile()];
      const { code, stderr } = await runDoctor(argvOf(name, file), environmentOf(powens));
      expect([code, stderr]).toEqual([2, expect.stringContaining('1 to 13 lower-case letters and digits')]);
      expect([existsSync(file), powens.requests]).toEqual([false, []]);
    },
  );

  it('should leave no file behind when Powens refuses', async () => {
    const file = newFile();
    const powens = await stubHttp((_, response) => {
      json(response, { code: 'forbidden', description: `not with ${CONFIG_TOKEN}` }, 403);
    });
    const { code, stderr } = await registering(powens, 'hmac1', file);
    expect([code, stderr]).toEqual([1, expect.stringContaining('status 403')]);
    expect(existsSync(file)).toBe(false);
    expect(stderr).not.toContain(CONFIG_TOKEN);
  });
});
