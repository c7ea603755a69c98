import type { ServerResponse } from 'node:http';

/** Headers of an answer that must not change, by lower-case name; null for one that must not be sent. */
export type PinnedHeaders = Readonly<Record<string, string | null>>;

const pins = new WeakMap<ServerResponse, PinnedHeaders>();

type HeaderArgument = Record<string, unknown> | readonly unknown[] | undefined;

/**
 * Sets headers that later code cannot change, unless it pins them itself: they are written at the moment in which the head is sent.
 * `Vary` is added to what is there.
 *
 * @see RFC 9110 section 12.5.5 for `Vary`
 */
export function pinHeaders(response: ServerResponse, headers: PinnedHeaders): void {
  const before = pins.get(response);
  pins.set(response, { ...before, ...headers });
  if (before !== undefined) {
    return;
  }
  const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => ServerResponse;
  response.writeHead = (status: number, ...rest: unknown[]): ServerResponse => {
    const pinned = pins.get(response) ?? {};
    const reason = typeof rest[0] === 'string' ? [rest[0]] : [];
    const given = rest[reason.length] as HeaderArgument;
    const others = withoutPinned(given, pinned);
    if (!response.headersSent) {
      write(response, given, pinned);
    }
    return writeHead(status, ...reason, ...(others === undefined ? [] : [others]));
  };
}

function write(response: ServerResponse, given: HeaderArgument, pinned: PinnedHeaders): void {
  for (const [name, value] of Object.entries(pinned)) {
    if (value === null) {
      response.removeHeader(name);
    } else {
      response.setHeader(name, name === 'vary' ? varying(response, given, value) : value);
    }
  }
}

function withoutPinned(given: HeaderArgument, pinned: PinnedHeaders): HeaderArgument {
  if (given === undefined) {
    return undefined;
  }
  const isOther = (name: unknown): boolean => !Object.hasOwn(pinned, String(name).toLowerCase());
  return Array.isArray(given)
    ? given.filter((_, index) => isOther(given[index - (index % 2)]))
    : Object.fromEntries(Object.entries(given).filter(([name]) => isOther(name)));
}

function varying(response: ServerResponse, given: HeaderArgument, value: string): string {
  const named = Array.isArray(given) ? undefined : (given as Record<string, unknown> | undefined)?.['vary'];
  const known = (named ?? response.getHeader('vary') ?? []) as string | readonly string[];
  const names = [known, value].flat().join(',').split(',');
  const distinct = new Map(
    names
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => [name.toLowerCase(), name]),
  );
  return [...distinct.values()].join(', ');
}
