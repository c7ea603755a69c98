import { parseArgs } from 'node:util';
import { COMPARED_NAMES, isServerName, SERVER_NAMES, type ServerName } from './control/protocol.js';

/** How a run is made. */
export interface Settings {
  /** Times that every system is measured, with empty tables and again with full ones. */
  readonly rounds: number;
  /** Length of one measured phase of flows. */
  readonly seconds: number;
  /** Length of the first, unmeasured phase of each system. */
  readonly warmupSeconds: number;
  /** Users at a time; each starts its next operation when the last one has ended. */
  readonly concurrency: number;
  /** Rows that each table is filled with for the second half; 0 leaves that half out. */
  readonly rows: number;
  /** Webhooks sent to each server per round. */
  readonly webhooks: number;
  /** Events relayed per round. */
  readonly events: number;
  /** Rows of each kind whose time is over, per round. */
  readonly aged: number;
  /** What flows and webhooks are sent to, in the order of the first round. */
  readonly systems: readonly ServerName[];
  /** Whether flows are all that is measured. */
  readonly flowsOnly: boolean;
  /** Where CPU profiles of the measured servers go; null for none. */
  readonly profileFolder: string | null;
}

const USAGE = `npm run bench -- [options]       each also as an environment variable, as BENCH_ROUNDS=5
  --smoke             everything once and short: says whether the benchmark still works; figures are of no use
  --rounds <n>        times that every system is measured, empty and full (5)
  --seconds <n>       of one measured phase of flows (4)
  --warmup <n>        seconds of the first, unmeasured phase (5)
  --concurrency <n>   users at a time (16)
  --rows <n>          rows that each table is filled with for the second half (1000000); 0 leaves it out
  --webhooks <n>      sent to each server per round (800)
  --events <n>        relayed per round (5000)
  --aged <n>          old rows of each kind to remove per round (5000)
  --systems <list>    of ${SERVER_NAMES.join(',')}
  --flows             measure flows only
  --profile <folder>  write a CPU profile per process; figures are then of no use`;

const DEFAULTS = {
  rounds: '5',
  seconds: '4',
  warmup: '5',
  concurrency: '16',
  rows: '1000000',
  webhooks: '800',
  events: '5000',
  aged: '5000',
  systems: COMPARED_NAMES.join(','),
  profile: '',
};

type Name = keyof typeof DEFAULTS;

const SMOKE: typeof DEFAULTS = {
  ...DEFAULTS,
  rounds: '1',
  seconds: '1',
  warmup: '1',
  rows: '5000',
  webhooks: '50',
  events: '500',
  aged: '200',
  systems: 'baseline,fastify',
};

/** Reads flags, then environment variables, then defaults. Prints the usage and leaves on `--help`. */
export function readSettings(): Settings {
  const names = Object.keys(DEFAULTS) as Name[];
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const parsed = parseArgs({
    options: {
      ...Object.fromEntries(names.map((name) => [name, text])),
      smoke: flag,
      flows: flag,
      help: flag,
    },
  });
  const values: Partial<Record<string, string | boolean>> = parsed.values;
  if (values['help'] === true) {
    console.log(USAGE);
    process.exit(0);
  }
  const defaults = values['smoke'] === true ? SMOKE : DEFAULTS;
  const read = (name: Name): string => {
    const given = values[name] ?? process.env[`BENCH_${name.toUpperCase()}`];
    return typeof given === 'string' ? given : defaults[name];
  };
  const number = (name: Name): number => positive(name, read(name));
  const profileFolder = read('profile');
  return {
    rounds: number('rounds'),
    seconds: number('seconds'),
    warmupSeconds: number('warmup'),
    concurrency: number('concurrency'),
    rows: read('rows') === '0' ? 0 : number('rows'),
    webhooks: number('webhooks'),
    events: number('events'),
    aged: number('aged'),
    systems: systemsOf(read('systems')),
    flowsOnly: values['flows'] === true,
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

/** The baseline is in every run: what the others are compared with. */
function systemsOf(text: string): ServerName[] {
  const names = text.split(',').map((name) => {
    if (!isServerName(name)) {
      throw new Error(`--systems: "${name}" is none of ${SERVER_NAMES.join(', ')}`);
    }
    return name;
  });
  return names.includes('baseline') ? names : ['baseline', ...names];
}
