import { ConfigurationError } from '../../errors/index.js';
import { processContext } from '../../options/resolve/unsafe-process.js';
import { EXTRAS } from '../../options/resolve/resolve-extras.js';
import { resolveOptions } from '../../options/resolve/resolve-options.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { Environment } from '../shared/output.js';
import type { DoctorArguments } from './doctor-arguments.js';

/** The environment variable of each option. */
const VARIABLES: Readonly<Record<string, string>> = {
  'powens.domain': 'POWENS_DOMAIN',
  'powens.clientId': 'POWENS_CLIENT_ID',
  'powens.clientSecret': 'POWENS_CLIENT_SECRET',
  'powens.apiUrl': 'POWENS_API_URL',
  'powens.providerOrigin': 'POWENS_PROVIDER_ORIGIN',
  publicUrl: 'PUBLIC_URL',
  redirectUri: '--redirect-uri',
  instance: '--instance',
  keys: 'CONNECTIONS_KEYS',
  'webhooks.auth.secrets': 'POWENS_WEBHOOK_SECRET',
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
  const webhookSecret = text(env['POWENS_WEBHOOK_SECRET']);
  const options = resolvedOf(args, env, webhookSecret);
  const root = [options.publicUrl, ...segmentsOf(args.path)].join('/');
  return {
    options,
    redirectUri: options.redirectUri ?? `${root}/callback`,
    webhooksUrl: webhooksUrlOf(args, root),
    webhookSecret,
  };
}

function resolvedOf(args: DoctorArguments, env: Environment, webhookSecret: string | null): ResolvedOptions {
  const { redirectUri } = args;
  const apiUrl = text(env['POWENS_API_URL']);
  const providerOrigin = text(env['POWENS_PROVIDER_ORIGIN']);
  return resolveOptions(
    {
      powens: {
        domain: env['POWENS_DOMAIN'] ?? '',
        clientId: env['POWENS_CLIENT_ID'] ?? '',
        clientSecret: env['POWENS_CLIENT_SECRET'] ?? '',
        ...(apiUrl === null ? {} : { apiUrl }),
        ...(providerOrigin === null ? {} : { providerOrigin }),
      },
      publicUrl: env['PUBLIC_URL'] ?? '',
      ...(redirectUri === undefined ? {} : { redirectUri }),
      // Another check reads the key ring itself.
      keys: ['looked at elsewhere'],
      ...(webhookSecret === null ? {} : { webhooks: { auth: { type: 'hmac', secrets: webhookSecret } } }),
      insecureLoopback: env['NODE_ENV'] !== 'production',
      preparedStatements: false,
    },
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

/** An empty variable counts as a missing one. */
function text(value: string | undefined): string | null {
  const trimmed = value?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}
