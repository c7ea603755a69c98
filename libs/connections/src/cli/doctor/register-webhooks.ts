import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { ConnectionsError } from '../../errors/index.js';
import { assertProviderName, createProvider } from '../../flow/setup/create-provider.js';
import { registrationsAt } from '../../webhooks/webhook-registrations.js';
import type { Environment, Output } from '../shared/output.js';
import { UsageError } from '../shared/usage-error.js';
import type { DoctorArguments } from './doctor-arguments.js';
import { readSettings, type DoctorSettings } from './doctor-settings.js';
import { powensOf } from './examination.js';

/**
 * Creates the provider, stores its secret, and lists the manual steps that remain.
 *
 * @returns whether it was done
 * @throws UsageError before anything was done
 */
export async function registerWebhooks(
  args: DoctorArguments,
  env: Environment,
  { stdout, stderr }: { stdout: Output; stderr: Output },
): Promise<boolean> {
  const settings = readSettings(args, env);
  if (!('options' in settings)) {
    settings.forEach((problem) => stderr.write(`${problem}\n`));
    return false;
  }
  const { name, secretFile } = requiredOf(args);
  const configToken = env['POWENS_CONFIG_TOKEN']?.trim() ?? '';
  if (configToken === '') {
    stderr.write('POWENS_CONFIG_TOKEN is missing. Copy the config token from the Powens console.\n');
    return false;
  }
  try {
    const id = await createInto(secretFile, settings, { configToken, name });
    stdout.write(
      `Provider "${name}" was created (id ${id}). Its secret is in ${secretFile}: POWENS_WEBHOOK_SECRET.\n`,
    );
  } catch (error) {
    if (!(error instanceof ConnectionsError)) {
      throw error;
    }
    stderr.write(
      `${error.message}\nNothing was kept. Is the name taken already, and is it the config token?\n`,
    );
    return false;
  }
  stdout.write(tableOf(settings.webhooksUrl, name));
  return true;
}

function requiredOf({ name = '', secretFile = '' }: DoctorArguments): { name: string; secretFile: string } {
  try {
    assertProviderName(name);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : '');
  }
  return { name, secretFile };
}

/** The file first: the secret is shown once, so its file must exist before the provider is created. */
async function createInto(
  file: string,
  settings: DoctorSettings,
  { configToken, name }: { configToken: string; name: string },
): Promise<string> {
  const descriptor = opened(file);
  const powens = powensOf(settings);
  let isKept = false;
  try {
    const { id, secret } = await createProvider(powens, configToken, name);
    secret.use((clear) => writeSync(descriptor, `${clear}\n`));
    isKept = true;
    return id;
  } finally {
    closeSync(descriptor);
    await powens.onApplicationShutdown();
    if (!isKept) {
      unlinkSync(file);
    }
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === 'EEXIST'
        ? 'The file of --secret-file exists. Nothing is overwritten: name another.'
        : `The file of --secret-file cannot be created: ${code}.`,
    );
  }
}

function tableOf(webhooksUrl: string, name: string): string {
  const rows = registrationsAt(webhooksUrl);
  const width = Math.max(...rows.map(({ event }) => event.length));
  const lines = (isUsed: boolean): string =>
    rows
      .filter(({ used }) => used === isUsed)
      .map(({ event, url }) => `  ${event.padEnd(width)}  ${url}\n`)
      .join('');
  return (
    `\nRegister in the Powens console, each with the authentication provider "${name}":\n${lines(true)}` +
    `\nNot used by this version, and harmless:\n${lines(false)}` +
    '\nThen run "connections doctor" with POWENS_WEBHOOK_SECRET set.\n'
  );
}
