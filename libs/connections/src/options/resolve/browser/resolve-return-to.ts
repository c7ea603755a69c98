import { ConfigurationError } from '../../../errors/index.js';
import { ownPath } from '../../../values/return-to.js';
import type { ReturnToOptions, ReturnToTarget } from '../../connections-module-options.interface.js';
import { group, objectOf } from '../../schema/group.js';
import { pathOf, type Option } from '../../schema/option.js';
import { ConfigurationProblems } from '../../schema/problems.js';
import { word } from '../../schema/values.js';
import type { ResolvedOptions } from '../resolved-options.js';
import { checkedUrl, type UrlPolicy } from '../../schema/urls.js';

type Target = Readonly<Required<ReturnToTarget>>;

/** A private-use scheme is a domain name in reverse order, which no other application may claim (RFC 8252 section 7.1). */
const OWN_SCHEME = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:\/[!$-;=?-Z_a-z~]{0,1024}$/;

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

function targetsOption(policy: UrlPolicy): Option<Readonly<Record<string, Target>>> {
  const target = targetOption(policy);
  return {
    fallback: {},
    below: (given) => Object.fromEntries(Object.keys(given).map((name) => [name, target])),
    read: (given = {}, path) => {
      const problems = new ConfigurationProblems();
      const targets = Object.entries(objectOf(given, path)).map(([name, one]) => [
        name,
        problems.collect(() => target.read(one, pathOf(checkedName(name, path), name))),
      ]);
      problems.assertNone();
      const known = Object.fromEntries(targets) as Record<string, Target>;
      assertOneWayEach(Object.values(known), path);
      return known;
    },
  };
}

/** Returns the path of the targets. */
function checkedName(name: string, path: string): string {
  if (!NAME.pattern.test(name)) {
    throw new ConfigurationError(path, 'has a name that is not 1 to 64 letters, digits, "_" or "-".');
  }
  return path;
}

function targetOption(policy: UrlPolicy): Option<Target> {
  const complete = word(['callback', 'confirm'], 'callback');
  const url = { read: (given: unknown, path: string) => urlOf(given, path, policy) };
  return {
    below: () => ({ url, complete }),
    read: (given, path) => {
      if (typeof given !== 'object' || given === null) {
        return { url: url.read(given, path), complete: 'callback' };
      }
      const { url: address, complete: how } = objectOf(given, path);
      const mode = complete.read(how, pathOf(path, 'complete'));
      const isOwnScheme = mode === 'confirm' && typeof address === 'string' && OWN_SCHEME.test(address);
      return { url: isOwnScheme ? address : url.read(address, pathOf(path, 'url')), complete: mode };
    },
  };
}

function urlOf(given: unknown, path: string, policy: UrlPolicy): string {
  return checkedUrl(path, given as string | undefined, policy, { query: true });
}

/** An attempt stores the address alone, which decides how it is completed. */
function assertOneWayEach(targets: readonly Target[], path: string): void {
  const confirmed = targets.filter(({ complete }) => complete === 'confirm').map(({ url }) => url);
  if (targets.some(({ url, complete }) => complete === 'callback' && confirmed.includes(url))) {
    throw new ConfigurationError(path, 'has a url with both complete: "callback" and complete: "confirm".');
  }
}
