import { parseOptions, type Parsed } from '../shared/parse-options.js';
import { UsageError } from '../shared/usage-error.js';

const COMMANDS = ['check', 'register-webhooks', 'rebind'] as const;

/** The arguments of all commands. */
export interface DoctorArguments {
  readonly command: (typeof COMMANDS)[number];
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
  /** File of variables that the process does not have. */
  readonly envFile: string | undefined;
  /** The API that Powens users are bound to until now. */
  readonly fromOrigin: string | undefined;
  readonly fromClientId: string | undefined;
  /** Whether "rebind" acts. */
  readonly confirm: boolean;
  /** Whether "rebind" also takes rows whose user no token can prove. */
  readonly withoutToken: boolean;
}

export const HELP = `Usage: connections doctor [check] [options]
       connections doctor register-webhooks --name <name> --secret-file <file> [options]
       connections doctor rebind [--from-origin <url> --from-client-id <id> [--without-token] [--confirm]] [options]

  check              looks at configuration, database, keys, Powens and webhooks, and says what to fix; changes nothing
  register-webhooks  creates the authentication provider of webhooks at Powens, keeps its secret in a file, and lists what
                     to register in the Powens console
  rebind             binds stored Powens users to the configured Powens, when Powens moved this very application to another
                     address. Only counts them without --confirm; with it, asks Powens about each of them first

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
  --from-origin <url>    POWENS_API_URL that the Powens users are bound to, for rebind
  --from-client-id <id>  POWENS_CLIENT_ID that they are bound to, for rebind
  --without-token        rebind also Powens users without a token that Powens takes, once another one was proven
  --confirm              do what "rebind" only counts without it
  --env-file <file>      reads variables from a file, as .env; those of the process win
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

/** As `parseArgs` of Node takes them. */
const OPTIONS = {
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
  'env-file': { type: 'string' },
  'from-origin': { type: 'string' },
  'from-client-id': { type: 'string' },
  'without-token': { type: 'boolean' },
  confirm: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/**
 * Reads the arguments.
 *
 * @returns `'help'` when help was requested
 * @throws UsageError
 */
export function readDoctorArguments(argv: readonly string[]): DoctorArguments | 'help' {
  const { values, positionals } = parseOptions(argv, OPTIONS);
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
    envFile: values['env-file'],
    ...rebindArguments(values),
  };
}

function rebindArguments(
  values: Parsed<typeof OPTIONS>['values'],
): Pick<DoctorArguments, 'fromOrigin' | 'fromClientId' | 'confirm' | 'withoutToken'> {
  return {
    fromOrigin: values['from-origin'],
    fromClientId: values['from-client-id'],
    confirm: values.confirm ?? false,
    withoutToken: values['without-token'] ?? false,
  };
}

function commandOf([name = 'check', ...others]: readonly string[]): DoctorArguments['command'] {
  const command = COMMANDS.find((known) => known === name);
  if (command === undefined || others.length > 0) {
    throw new UsageError(`Name one command: ${COMMANDS.join(', ')}.`);
  }
  return command;
}
