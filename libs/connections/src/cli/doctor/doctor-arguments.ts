import { parseArgs } from 'node:util';
import { UsageError } from '../shared/usage-error.js';

/** What both commands are told. */
export interface DoctorArguments {
  readonly command: 'check' | 'register-webhooks';
  readonly path: string;
  readonly webhooksUrl: string | undefined;
  readonly redirectUri: string | undefined;
  readonly instance: string;
  readonly schema: string | undefined;
  readonly prefix: string | undefined;
  readonly keyProvider: string | undefined;
  /** Whether every token is opened, not a sample. */
  readonly all: boolean;
  /** Of the authentication provider to create. */
  readonly name: string | undefined;
  readonly secretFile: string | undefined;
}

export const HELP = `Usage: connections-doctor [check] [options]
       connections-doctor register-webhooks --name <name> --secret-file <file> [options]

  check              looks at configuration, database, keys, Powens and webhooks, and says what to fix; changes nothing
  register-webhooks  creates the authentication provider of webhooks at Powens, keeps its secret in a file, and lists what
                     to register in the Powens console

Options
  --path <path>          path of the routes below PUBLIC_URL, prefix and version included (default: connections)
  --webhooks-url <url>   URL below which webhooks arrive (default: PUBLIC_URL/<path>/webhooks)
  --redirect-uri <url>   redirect URI, where a proxy rewrites paths (default: PUBLIC_URL/<path>/callback)
  --instance <name>      instance of the module (default: default)
  --schema <name>        schema of the tables, as in the DataSource
  --prefix <text>        entityPrefix of the tables, as in the DataSource
  --key-provider <file>  ES module whose default export is a KeyProvider, in place of CONNECTIONS_KEYS
  --all                  open every token, not only the first 200
  --name <name>          of the provider: 1 to 13 lower-case letters and digits
  --secret-file <file>   where its secret goes; must not exist
  --help                 this text

Environment, as the application has it
  DATABASE_URL           postgres://user:password@host:5432/database
  CONNECTIONS_KEYS       id:base64,id:base64
  POWENS_DOMAIN, POWENS_CLIENT_ID, POWENS_CLIENT_SECRET, and POWENS_API_URL where it is another
  PUBLIC_URL             the application's own origin
  POWENS_WEBHOOK_SECRET  the secret that webhooks are signed with; without it they are not looked at
  POWENS_CONFIG_TOKEN    the "config token" of the console; for register-webhooks only

Exit codes
  0  all is well            2  wrong arguments
  1  something is to fix    3  the command itself failed
`;

/**
 * Reads the arguments.
 *
 * @returns `'help'` when that is what was asked for
 * @throws UsageError
 */
export function readDoctorArguments(argv: readonly string[]): DoctorArguments | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help === true) {
    return 'help';
  }
  const command = commandOf(positionals);
  if (command === 'register-webhooks' && (values.name === undefined || values['secret-file'] === undefined)) {
    throw new UsageError('register-webhooks needs --name and --secret-file.');
  }
  return {
    command,
    path: values.path ?? 'connections',
    webhooksUrl: values['webhooks-url'],
    redirectUri: values['redirect-uri'],
    instance: values.instance ?? 'default',
    schema: values.schema,
    prefix: values.prefix,
    keyProvider: values['key-provider'],
    all: values.all ?? false,
    name: values.name,
    secretFile: values['secret-file'],
  };
}

function commandOf([command = 'check', ...others]: readonly string[]): DoctorArguments['command'] {
  if ((command !== 'check' && command !== 'register-webhooks') || others.length > 0) {
    throw new UsageError('Name one command: check, register-webhooks.');
  }
  return command;
}

function parse(argv: readonly string[]): ReturnType<typeof strictly> {
  try {
    return strictly(argv);
  } catch {
    throw new UsageError('An option is not known, or lacks its value.');
  }
}

/** Its return type is what parseArgs makes of the options: nothing shorter says it. */
const strictly = (argv: readonly string[]) =>
  parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      path: { type: 'string' },
      'webhooks-url': { type: 'string' },
      'redirect-uri': { type: 'string' },
      instance: { type: 'string' },
      schema: { type: 'string' },
      prefix: { type: 'string' },
      'key-provider': { type: 'string' },
      all: { type: 'boolean' },
      name: { type: 'string' },
      'secret-file': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
