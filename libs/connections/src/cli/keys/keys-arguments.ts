import { parseOptions } from '../shared/parse-options.js';
import { UsageError } from '../shared/usage-error.js';

const COMMANDS = ['generate', 'rotate', 'count', 'verify', 'abandon'] as const;

/** The subcommands. */
export type KeysCommand = (typeof COMMANDS)[number];

/** The parsed arguments. */
export interface KeysArguments {
  readonly command: KeysCommand;
  readonly instance: string;
  readonly schema: string | undefined;
  readonly prefix: string | undefined;
  readonly batchSize: number | undefined;
  readonly keyProvider: string | undefined;
  /** The key to abandon, or the id of the one to generate. */
  readonly key: string | undefined;
  /** File of variables that the process does not have. */
  readonly envFile: string | undefined;
  readonly confirm: boolean;
}

export const HELP = `Usage: connections keys <generate|rotate|count|verify|abandon> [options]

  generate prints a new key, id:base64, for CONNECTIONS_KEYS; changes nothing, and needs no database
  rotate   re-encrypts tokens and authenticates connections anew that need another key than the first one
  count    prints how many tokens and connections need each key
  verify   opens every token, checks every connection, and prints how many fail; changes nothing
  abandon  deletes the tokens of a key that is lost for good; their owners' next flow renews them. Without --confirm it
           only prints how many there are

Options
  --instance <name>      instance of the module (default: default)
  --schema <name>        schema of the tables, as in the DataSource
  --prefix <text>        entityPrefix of the tables, as in the DataSource
  --batch <number>       rows per statement, 1 to 5000 (default: 250)
  --key <id>             the lost key, for "abandon"; the id of the new key, for "generate" (default: k1, k2, …)
  --confirm              lets "abandon" delete
  --key-provider <file>  ES module whose default export is a KeyProvider, in place of CONNECTIONS_KEYS
  --env-file <file>      reads variables from a file, as .env; those of the process win
  --help                 this text

Environment
  DATABASE_URL       postgres://user:password@host:5432/database
  CONNECTIONS_KEYS   the ring of the application, the new key first: id:base64,id:base64

Exit codes
  0  done                                   2  wrong arguments, environment or keys
  1  tokens are left, or cannot be opened   3  the database failed
  130  interrupted: what is done stays done, run it again
`;

/** As `parseArgs` of Node takes them. */
const OPTIONS = {
  instance: { type: 'string' },
  schema: { type: 'string' },
  prefix: { type: 'string' },
  batch: { type: 'string' },
  'key-provider': { type: 'string' },
  key: { type: 'string' },
  'env-file': { type: 'string' },
  confirm: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/**
 * Reads the arguments.
 *
 * @returns `'help'` when help was requested
 * @throws UsageError
 */
export function readArguments(argv: readonly string[]): KeysArguments | 'help' {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  if (values.help === true) {
    return 'help';
  }
  const command = COMMANDS.find((name) => name === positionals[0]);
  if (command === undefined || positionals.length > 1) {
    throw new UsageError(`Name one command: ${COMMANDS.join(', ')}.`);
  }
  return {
    command,
    instance: values.instance ?? 'default',
    schema: values.schema,
    prefix: values.prefix,
    batchSize: values.batch === undefined ? undefined : wholeNumber(values.batch),
    keyProvider: values['key-provider'],
    key: values.key,
    envFile: values['env-file'],
    confirm: values.confirm === true,
  };
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new UsageError('--batch must be a whole number.');
  }
  return Number(text);
}
