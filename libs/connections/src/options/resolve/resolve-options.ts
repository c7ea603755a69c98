import { ConfigurationError, type ConfigurationProblem } from '../../errors/index.js';
import type { ConnectionsModuleOptions } from '../connections-module-options.interface.js';
import { group } from '../schema/group.js';
import type { ValuesOf } from '../schema/option.js';
import { ConfigurationProblems } from '../schema/problems.js';
import { unknownOptions } from '../schema/unknown-options.js';
import { optionsOf, type ModuleOptions, type OptionsContext } from './module-options.js';
import { EXTRAS, named } from './resolve-extras.js';
import type { ResolvedOptions } from './resolved-options.js';

/** The static part of the registration, and facts of the process. */
export interface ResolveContext extends OptionsContext {
  /** Name of the registration. */
  readonly instance: string;
  /** A switch that makes the process unsafe, in words; see `unsafeSwitch`. */
  readonly unsafe?: string | null;
  /** What is wrong with the static part of the registration. */
  readonly problems?: readonly ConfigurationProblem[];
}

/**
 * Resolves the host's options into the library's: every default applied, every value checked, once.
 *
 * @throws ConfigurationError naming all that cannot be used
 * @see OA-30
 */
export function resolveOptions(
  provided: ConnectionsModuleOptions | undefined,
  context: ResolveContext,
): ResolvedOptions {
  const given = givenOf(provided);
  const options = optionsOf(given, context);
  const problems = new ConfigurationProblems();
  problems.collect(() => {
    refuseUnsafeProcess(context);
  });
  const values = problems.collect(() => group(options).read(given, ''));
  problems.add(
    ...misplacedOptions(given),
    ...unknownOptions(options, withoutExtras(given), { ...options, ...EXTRAS }),
  );
  problems.add(...(context.problems ?? []));
  problems.assertNone();
  return { instance: context.instance, ...resolved(values as ValuesOf<ModuleOptions>) };
}

function resolved({
  attemptLifetimeMinutes,
  insecureLoopback: _,
  ...values
}: ValuesOf<ModuleOptions>): Omit<ResolvedOptions, 'instance'> {
  return { ...values, attemptLifetimeSeconds: attemptLifetimeMinutes * 60 };
}

/** A factory without a type may return nothing, or a promise of nothing. */
function givenOf(provided: unknown): Partial<ConnectionsModuleOptions> {
  if (typeof provided !== 'object' || provided === null) {
    throw new ConfigurationError(
      'options',
      'are missing. Give them to forRoot, or return them from useFactory, useClass or useExisting of forRootAsync.',
    );
  }
  return provided;
}

/** Not checked in development: self-signed certificates are common there (N31). */
function refuseUnsafeProcess({ production, unsafe = null }: ResolveContext): void {
  if (production && unsafe !== null) {
    throw new ConfigurationError('process', `must not be unsafe when NODE_ENV is production: ${unsafe}`);
  }
}

/** Found in the answer of a factory only: `forRoot` has taken the static part out. */
function misplacedOptions(given: object): readonly ConfigurationProblem[] {
  return Object.keys(named(given, EXTRAS)).map((option) => ({
    option,
    problem: 'must be beside useFactory, useClass or useExisting: Nest needs it before any factory runs.',
  }));
}

function withoutExtras(given: object): object {
  const names = Object.keys(given).filter((name) => Object.hasOwn(EXTRAS, name));
  return names.length === 0
    ? given
    : Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)));
}
