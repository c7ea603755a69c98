import { ConfigurationError } from '../../../errors/index.js';
import { ownPath } from '../../../values/return-to.js';
import type { ReturnToOptions, ReturnToTarget } from '../../browser/return-to-options.interface.js';
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
  const display = word(['page', 'popup', 'frame'], 'page');
  const url = { read: (given: unknown, path: string) => urlOf(given, path, policy) };
  return {
    below: () => ({ url, complete, display }),
    read: (given, path) => {
      if (typeof given !== 'object' || given === null) {
        return { url: url.read(given, path), complete: 'callback', display: 'page' };
      }
      const { url: address, complete: how, display: where } = objectOf(given, path);
      const mode = complete.read(how, pathOf(path, 'complete'));
      const shown = display.read(where, pathOf(path, 'display'));
      if (shown === 'frame' && mode !== 'confirm') {
        throw new ConfigurationError(
          pathOf(path, 'display'),
          'is "frame", where browsers do not send the binding cookie: set complete: "confirm", or display: "popup".',
        );
      }
      // A message is posted to the origin of the address, and a scheme of an application has none.
      const mayBeOwnScheme = mode === 'confirm' && shown === 'page';
      const isOwnScheme = mayBeOwnScheme && typeof address === 'string' && OWN_SCHEME.test(address);
      const checked = isOwnScheme ? address : url.read(address, pathOf(path, 'url'));
      return { url: checked, complete: mode, display: shown };
    },
  };
}

function urlOf(given: unknown, path: string, policy: UrlPolicy): string {
  return checkedUrl(path, given as string | undefined, policy, { query: true });
}

/** An attempt stores the address alone, which decides how it is completed and shown. */
function assertOneWayEach(targets: readonly Target[], path: string): void {
  for (const property of ['complete', 'display'] as const) {
    const seen = new Map<string, string>();
    for (const { url, [property]: way } of targets) {
      const other = seen.get(url) ?? way;
      if (other !== way) {
        throw new ConfigurationError(
          path,
          `has a url with both ${property}: "${other}" and ${property}: "${way}". Give each target an address of its own.`,
        );
      }
      seen.set(url, way);
    }
  }
}
