import { COMMON, type Command, type CommandOption } from './command.js';
import { COMMANDS } from './commands.js';

const ENVIRONMENT = `Environment, as the application has it
  DATABASE_URL, CONNECTIONS_KEYS, POWENS_DOMAIN, POWENS_CLIENT_ID, POWENS_CLIENT_SECRET, PUBLIC_URL; see docs/options.md

Exit codes
  0  done                                  2  wrong arguments or environment
  1  something is left, or was not found   3  the database or Powens failed
  130  interrupted: what is done stays done, run it again
`;

/** The help of the program. */
export function helpOfAll(): string {
  const others: readonly (readonly [string, string])[] = [
    ['doctor', 'looks at configuration, database, keys, Powens and webhooks, and says what to fix'],
    ['keys', 'makes, rotates, counts and verifies encryption keys'],
  ];
  const lines = [...others, ...COMMANDS.map((command) => [usageOf(command), command.summary] as const)];
  return (
    `Usage: connections <command> [options]\n\n${columns(lines)}\n\n` +
    'connections <command> --help lists its options and exit codes.\n'
  );
}

/** The help of the commands with the same first word. */
export function helpOf(word: string): string {
  const commands = COMMANDS.filter(({ words }) => words[0] === word);
  const usages = commands.map((command) => `connections ${usageOf(command)} [options]`);
  const own = Object.assign({}, ...commands.map(({ options = {} }) => options)) as typeof COMMON;
  return [
    `Usage: ${usages.join('\n       ')}\n`,
    `${columns(commands.map((command) => [command.words.join(' '), command.summary]))}\n`,
    `Options\n${columns([...Object.entries(own), ...Object.entries(COMMON)].map(optionLine))}\n`,
    ENVIRONMENT,
  ].join('\n');
}

function usageOf({ words, operands = [] }: Command): string {
  return [...words, ...operands.map((operand) => `<${operand}>`)].join(' ');
}

function optionLine([name, { value, meaning }]: readonly [string, CommandOption]): readonly [string, string] {
  return [`--${name}${value === undefined ? '' : ` <${value}>`}`, meaning];
}

function columns(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([left]) => left.length));
  return lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
