import { ConfigurationError } from '../../../errors/index.js';
import { ownPath } from '../../../values/return-to.js';
import type { ReturnToOptions } from '../../connections-module-options.interface.js';
import { group, objectOf } from '../../schema/group.js';
import { pathOf, type Option } from '../../schema/option.js';
import { ConfigurationProblems } from '../../schema/problems.js';
import type { ResolvedOptions } from '../resolved-options.js';
import { checkedUrl, type UrlPolicy } from '../../schema/urls.js';

/** What a name of an instance or a target consists of. */
export const NAME = {
  pattern: /^[A-Za-z0-9_-]{1,64}$/,
  problem: 'must be 1 to 64 letters, digits, "_" or "-".',
};

interface Given {
  readonly publicUrl?: unknown;
  readonly returnTo?: ReturnToOptions | undefined;
}

/**
 * Makes the option `returnTo`.
 *
 * @param given - by the host: the default may name a target, and is on the own origin otherwise
 */
export function returnToOption(given: Given, policy: UrlPolicy): Option<ResolvedOptions['returnTo']> {
  return group({
    default: defaultOption(given),
    targets: targetsOption(policy),
  } satisfies Record<keyof ReturnToOptions, unknown>);
}

function defaultOption({ publicUrl, returnTo }: Given): Option<string | null> {
  const names = Object.keys(returnTo?.targets ?? {});
  return {
    fallback: null,
    read: (given, path) => {
      if (given === undefined) {
        return null;
      }
      // Without an own origin, that is the problem which is reported.
      const origin = URL.canParse(String(publicUrl)) ? new URL(String(publicUrl)).origin : null;
      const isKnown =
        typeof given === 'string' &&
        (names.includes(given) || origin === null || ownPath(given, origin) !== null);
      if (!isKnown) {
        throw new ConfigurationError(path, 'must be a path of the own origin or the name of a target.');
      }
      return given;
    },
  };
}

function targetsOption(policy: UrlPolicy): Option<Readonly<Record<string, string>>> {
  return {
    fallback: {},
    read: (given = {}, path) => {
      const problems = new ConfigurationProblems();
      const targets = Object.entries(objectOf(given, path)).map(([name, target]) => [
        name,
        problems.collect(() => targetOf(name, target, { path, policy })),
      ]);
      problems.assertNone();
      return Object.fromEntries(targets) as Record<string, string>;
    },
  };
}

function targetOf(
  name: string,
  target: unknown,
  { path, policy }: { readonly path: string; readonly policy: UrlPolicy },
): string {
  if (!NAME.pattern.test(name)) {
    throw new ConfigurationError(path, 'has a name that is not 1 to 64 letters, digits, "_" or "-".');
  }
  return checkedUrl(pathOf(path, name), target as string | undefined, policy, { query: true });
}
