/** Process switches that are forbidden in production, each with what it exposes. */
const SWITCHES: readonly {
  readonly isOn: (process: ProcessSettings) => boolean;
  readonly problem: string;
}[] = [
  {
    isOn: ({ env }) => env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0',
    problem:
      'NODE_TLS_REJECT_UNAUTHORIZED is 0, which lets anyone on the network read what the process sends. Unset it; ' +
      'name a private certificate authority with NODE_EXTRA_CA_CERTS instead.',
  },
  {
    isOn: (process) => hasFlag(process, /^--tls-min-v1\.[01]$/),
    problem: '--tls-min-v1.0 or --tls-min-v1.1 is set, which allows TLS versions that are broken. Remove it.',
  },
  {
    isOn: (process) => hasFlag(process, /^--insecure-http-parser$/),
    problem: '--insecure-http-parser is set, which allows request smuggling. Remove it.',
  },
];

/** The properties of a process that decide how safe its connections are. */
export interface ProcessSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Flags of Node, without those of `NODE_OPTIONS`. */
  readonly execArgv: readonly string[];
}

/**
 * Finds the first switch that makes the whole process unsafe. The library's own calls to Powens always verify
 * certificates; the database driver, brokers and key services of the same process do not.
 *
 * @returns what is set and what to do, or null
 * @internal
 */
export function unsafeSwitch(process: ProcessSettings): string | null {
  return SWITCHES.find(({ isOn }) => isOn(process))?.problem ?? null;
}

/** What the check of the options needs beside them. */
export function processContext(process: ProcessSettings): { production: boolean; unsafe: string | null } {
  return { production: process.env['NODE_ENV'] === 'production', unsafe: unsafeSwitch(process) };
}

function hasFlag({ env, execArgv }: ProcessSettings, flag: RegExp): boolean {
  return [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)].some((one) => flag.test(one));
}
