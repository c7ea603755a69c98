import type { ConnectionsServiceClass } from '../../connections.tokens.js';
import type { CommandContext } from '../shared/output.js';

/** An option of a command. */
export interface CommandOption {
  /** What stands for its value in the help; a switch has none. */
  readonly value?: string;
  readonly meaning: string;
}

/** The options that were given; a switch is `true`. */
export type Given = Readonly<Record<string, string | boolean | undefined>>;

/** What a command works with. */
export interface Invocation {
  /** What was given beside the options. */
  readonly operands: readonly string[];
  readonly given: Given;
  readonly context: CommandContext;
  /**
   * A service of the registration. The first one opens the database and starts the application: arguments are read before.
   *
   * @throws UsageError, ConfigurationError, ConnectionsError
   */
  readonly service: <Service extends ConnectionsServiceClass>(
    service: Service,
  ) => Promise<InstanceType<Service>>;
  /** Writes a result: as text, or with `--json` as one line of JSON. */
  readonly print: (result: unknown, text: string) => void;
}

/** One command. */
export interface Command {
  /** `outbox list` as two words. */
  readonly words: readonly string[];
  /** Names of the operands, for the help; their number is checked. A last one that ends in `…` may be given several times. */
  readonly operands?: readonly string[];
  readonly summary: string;
  readonly options?: Readonly<Record<string, CommandOption>>;
  /** @returns the exit code */
  run(invocation: Invocation): Promise<number>;
}

/** Everything was done. */
export const DONE = 0;
/** Something is left, or was not found. */
export const LEFT = 1;
export const WRONG = 2;
export const FAILED = 3;
export const INTERRUPTED = 130;

/** The options of every command. */
export const COMMON: Readonly<Record<string, CommandOption>> = {
  instance: { value: 'name', meaning: 'instance of the module (default: default)' },
  schema: { value: 'name', meaning: 'schema of the tables, as in the DataSource' },
  prefix: { value: 'text', meaning: 'entityPrefix of the tables, as in the DataSource' },
  'key-provider': {
    value: 'file',
    meaning: 'ES module whose default export is a KeyProvider, in place of CONNECTIONS_KEYS',
  },
  'env-file': { value: 'file', meaning: 'reads variables from a file, as .env; those of the process win' },
  json: { meaning: 'prints results as JSON, one document a line' },
  help: { meaning: 'this text' },
};

/** The text that an option was given, if it was. */
export function textOf(given: Given, name: string): string | undefined {
  const value = given[name];
  return typeof value === 'string' ? value : undefined;
}
