import { parseArgs } from 'node:util';
import { isSystemName, SYSTEM_NAMES, type SystemName } from './control/protocol.js';

/** How a run is made. */
export interface Settings {
  /** Times that every system is measured. */
  readonly rounds: number;
  /** Length of one measured phase. */
  readonly seconds: number;
  /** Length of the first, unmeasured phase of each system. */
  readonly warmupSeconds: number;
  /** No round is begun that would not end this many seconds after the start of the run; three are made in any case. */
  readonly budgetSeconds: number;
  /** Users at a time; each starts its next flow when the last one has ended. */
  readonly concurrency: number;
  /** What is measured, in the order of the first round. */
  readonly systems: readonly SystemName[];
  /** Where CPU profiles of the measured servers go; null for none. */
  readonly profileFolder: string | null;
}

const USAGE = `npm run bench -- [options]       each also as an environment variable, as BENCH_ROUNDS=5
  --rounds <n>        times that every system is measured (7)
  --seconds <n>       of one measured phase (4)
  --warmup <n>        seconds of the first, unmeasured phase (5)
  --budget <n>        seconds of a run: fewer rounds on a busy machine, at least 3 (225)
  --concurrency <n>   users at a time (16)
  --systems <list>    of ${SYSTEM_NAMES.join(',')}
  --profile <folder>  write a CPU profile per server; figures are then of no use`;

const DEFAULTS = {
  rounds: '7',
  seconds: '4',
  warmup: '5',
  budget: '225',
  concurrency: '16',
  systems: SYSTEM_NAMES.join(','),
  profile: '',
} as const;

/** Reads flags, then environment variables, then defaults. Prints the usage and leaves on `--help`. */
export function readSettings(): Settings {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      ...{
        rounds: text,
        seconds: text,
        warmup: text,
        budget: text,
        concurrency: text,
        systems: text,
        profile: text,
      },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(USAGE);
    process.exit(0);
  }
  const read = (name: keyof typeof DEFAULTS): string =>
    values[name] ?? process.env[`BENCH_${name.toUpperCase()}`] ?? DEFAULTS[name];
  const number = (name: keyof typeof DEFAULTS): number => positive(name, read(name));
  const profileFolder = read('profile');
  return {
    rounds: number('rounds'),
    seconds: number('seconds'),
    warmupSeconds: number('warmup'),
    budgetSeconds: number('budget'),
    concurrency: number('concurrency'),
    systems: systemsOf(read('systems')),
    profileFolder: profileFolder === '' ? null : profileFolder,
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new Error(`--${name} must be a whole number from 1, not "${text}"`);
  }
  return number;
}

function systemsOf(text: string): SystemName[] {
  return text.split(',').map((name) => {
    if (!isSystemName(name)) {
      throw new Error(`--systems: "${name}" is none of ${SYSTEM_NAMES.join(', ')}`);
    }
    return name;
  });
}
