import { captureOutput } from '../../../../../test/helpers/canary/collector.js';
import type { FlowApp } from '../../../../../test/helpers/flow/flow-app.js';
import { runDoctorCommand } from '../doctor/doctor-command.js';

/** What a run of the command left. */
export interface DoctorRan {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Verdict and text of a check; several lines are joined. */
  line(check: string): string;
}

/** The environment of an application, as its operator has it. */
export function environmentOf(
  app: FlowApp,
  webhookSecret: string | undefined,
): Record<string, string | undefined> {
  const { domain, clientId, clientSecret } = app.sandbox.client;
  return {
    DATABASE_URL: app.database.url,
    CONNECTIONS_KEYS: app.keys,
    POWENS_DOMAIN: domain,
    POWENS_CLIENT_ID: clientId,
    POWENS_CLIENT_SECRET: clientSecret,
    POWENS_API_URL: `${app.sandbox.url}/2.0`,
    PUBLIC_URL: app.url,
    POWENS_WEBHOOK_SECRET: webhookSecret,
  };
}

/** Runs the command in this process. */
export async function runDoctor(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<DoctorRan> {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string): void => {
      written[name] += text;
      captureOutput('connections doctor', text);
    },
  });
  const code = await runDoctorCommand(argv, { env, stdout: output('stdout'), stderr: output('stderr') });
  const line = (check: string): string =>
    written.stdout
      .split('\n')
      .filter((one) => one.slice(6).startsWith(`${check} `))
      .join('\n');
  return { code, ...written, line };
}
