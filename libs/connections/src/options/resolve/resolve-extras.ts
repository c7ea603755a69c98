import { DEFAULT_INSTANCE } from '../../connections.constants.js';
import { ConfigurationError, type ConfigurationProblem } from '../../errors/index.js';
import type { ConnectionsModuleExtras, RoutesOptions } from '../connections-module-extras.interface.js';
import { group } from '../schema/group.js';
import type { Option, OptionSet } from '../schema/option.js';
import { ConfigurationProblems } from '../schema/problems.js';
import { unknownOptions } from '../schema/unknown-options.js';
import { flag, text } from '../schema/values.js';
import { NAME } from './browser/resolve-return-to.js';

const SOME_TEXT = { pattern: /./, problem: 'must be a text that is not empty.' };

/** The rest of a version is checked by Nest. */
const version: Option<unknown> = { read: (given) => given };

const routes = group({
  path: text(SOME_TEXT, 'connections'),
  version,
  guards: listOf('guards: classes or instances', (one) => typeof one === 'function' || isObject(one)),
  decorators: listOf('decorators', (one) => typeof one === 'function'),
  publicDecorators: listOf('decorators', (one) => typeof one === 'function'),
} satisfies OptionSet & Record<keyof RoutesOptions, unknown>);

const routesOrNone: Option<unknown> = {
  ...routes,
  read: (given, path) => (given === false ? false : routes.read(given, path)),
};

/** The options that Nest needs before any factory runs. */
export const EXTRAS = {
  instance: text(NAME, DEFAULT_INSTANCE),
  isGlobal: flag(false),
  dataSource: text(SOME_TEXT, 'default'),
  routes: routesOrNone,
  customConnections: flag(false),
  extraProviders: listOf('providers', (one) => typeof one === 'function' || isObject(one)),
  swagger: group({
    tag: text(SOME_TEXT, 'connections'),
    hide: flag(false),
  } satisfies OptionSet & Record<keyof NonNullable<ConnectionsModuleExtras['swagger']>, unknown>),
} satisfies OptionSet & Record<keyof ConnectionsModuleExtras, unknown>;

/** How the options are made. The first versions of Nest 11 give it along with the static part. */
const HOW_MADE = ['imports', 'inject', 'provideInjectionTokensFrom', 'useClass', 'useExisting', 'useFactory'];

/** The static part of a registration, and what is wrong with it. */
export interface CheckedExtras {
  /** Usable: without those that cannot be used, since Nest maps routes before the boot is refused. */
  readonly extras: ConnectionsModuleExtras;
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Checks the static part of a registration.
 *
 * @param given - to `forRoot` or `forRootAsync`
 * @param elsewhere - options that belong elsewhere, if `given` has the static part alone
 */
export function checkedExtras(given: object, elsewhere?: OptionSet): CheckedExtras {
  const problems = new ConfigurationProblems();
  const extras = Object.entries(EXTRAS).flatMap(([name, option]: [string, Option<unknown>]) => {
    const value = (given as Record<string, unknown>)[name];
    return problems.collect(() => [option.read(value, name)]) && value !== undefined ? [[name, value]] : [];
  });
  problems.add(...unknownExtras(given, elsewhere));
  return { extras: Object.fromEntries(extras) as ConnectionsModuleExtras, problems: problems.all };
}

function unknownExtras(given: object, elsewhere: OptionSet | undefined): readonly ConfigurationProblem[] {
  if (elsewhere === undefined) {
    // The others are checked with the options.
    return unknownOptions(EXTRAS, named(given, EXTRAS));
  }
  const misplaced = Object.keys(named(given, elsewhere)).map((option) => ({
    option,
    problem: 'must be in what useFactory, useClass or useExisting returns, not beside it.',
  }));
  const rest = Object.entries(given).filter(
    ([name]) => !Object.hasOwn(elsewhere, name) && !HOW_MADE.includes(name),
  );
  return [...misplaced, ...unknownOptions(EXTRAS, Object.fromEntries(rest))];
}

/** The properties of an object that are options of a set. */
export function named(given: object, options: OptionSet): object {
  const entries = Object.entries(given).filter(
    ([name, value]) => Object.hasOwn(options, name) && value !== undefined,
  );
  return Object.fromEntries(entries);
}

function listOf(what: string, isOne: (entry: unknown) => boolean): Option<readonly unknown[]> {
  return {
    fallback: [],
    read: (given = [], path) => {
      const list: unknown = given;
      if (!Array.isArray(list) || !list.every(isOne)) {
        throw new ConfigurationError(path, `must be a list of ${what}.`);
      }
      return list as readonly unknown[];
    },
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
