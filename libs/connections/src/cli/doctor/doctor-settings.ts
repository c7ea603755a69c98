import { ConfigurationError } from '../../errors/index.js';
import type { ConnectionsModuleOptions } from '../../options/connections-module-options.interface.js';
import { optionsFromEnvironment } from '../../options/environment/read-environment.js';
import { ENVIRONMENT } from '../../options/environment/settings.js';
import { processContext } from '../../options/resolve/unsafe-process.js';
import { EXTRAS } from '../../options/resolve/resolve-extras.js';
import { resolveOptions } from '../../options/resolve/resolve-options.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { Environment } from '../shared/output.js';
import type { DoctorArguments } from './doctor-arguments.js';

/** The environment variable, or the argument, of each option. */
const VARIABLES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(ENVIRONMENT.map(({ option, variable }) => [option, variable])),
  redirectUri: '--redirect-uri',
  instance: '--instance',
  insecureLoopback: 'POWENS_API_URL or PUBLIC_URL',
};

const REQUIRED = ['POWENS_DOMAIN', 'POWENS_CLIENT_ID', 'POWENS_CLIENT_SECRET', 'PUBLIC_URL'];

/** The public addresses of the application. */
export interface DoctorSettings {
  readonly options: ResolvedOptions;
  readonly redirectUri: string;
  /** Without a trailing slash. */
  readonly webhooksUrl: string;
  readonly webhookSecret: string | null;
}

/**
 * Reads the environment as the application does.
 *
 * @returns the settings, or the problems of the variables, one sentence each, without values
 */
export function readSettings(args: DoctorArguments, env: Environment): DoctorSettings | readonly string[] {
  const missing = REQUIRED.filter((name) => (env[name]?.trim() ?? '') === '');
  if (missing.length > 0) {
    return missing.map((name) => `${name} is missing. Set it as the application has it.`);
  }
  try {
    return settled(args, env);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return problemsOf(error);
    }
    throw error;
  }
}

/** Reports the library's problems with options as ones with their variables. */
export function problemsOf({ problems }: ConfigurationError): readonly string[] {
  return problems.map(({ option, problem }) => `${VARIABLES[option] ?? option} ${problem}`);
}

function settled(args: DoctorArguments, env: Environment): DoctorSettings {
  const options = resolvedOf(args, env);
  const root = [options.publicUrl, ...segmentsOf(args.path)].join('/');
  return {
    options,
    redirectUri: options.redirectUri ?? `${root}/callback`,
    webhooksUrl: webhooksUrlOf(args, root),
    webhookSecret: secretOf(options),
  };
}

function resolvedOf(args: DoctorArguments, env: Environment): ResolvedOptions {
  const options = optionsFromEnvironment(env);
  return resolveOptions(
    {
      ...options,
      redirectUri: args.redirectUri ?? options.redirectUri,
      // Another check reads the key ring itself.
      keys: ['looked at elsewhere'],
      insecureLoopback: env['NODE_ENV'] !== 'production',
      preparedStatements: false,
    } as ConnectionsModuleOptions,
    {
      routes: false,
      instance: EXTRAS.instance.read(args.instance, 'instance'),
      ...processContext({ env, execArgv: process.execArgv }),
    },
  );
}

function webhooksUrlOf({ webhooksUrl }: DoctorArguments, root: string): string {
  const url = webhooksUrl ?? `${root}/webhooks`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || /[?#@]/.test(url)) {
    throw new ConfigurationError(
      '--webhooks-url',
      'must be an http(s) URL without credentials, query and fragment.',
    );
  }
  return url.replace(/\/+$/, '');
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** Of several, during a rotation, any one. */
function secretOf({ webhooks }: ResolvedOptions): string | null {
  return webhooks?.auth.type === 'hmac' ? (webhooks.auth.secrets[0] ?? null) : null;
}
