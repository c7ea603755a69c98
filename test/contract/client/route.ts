import type { Shape } from './shape.js';

/** Whose token a route wants. */
export type Who = 'nobody' | 'user' | 'config' | 'users';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What an answer is: an object of the reference, nothing, a file, or a redirect. */
export type Answer = Shape<unknown> | 'nothing' | 'pdf' | 'redirect';

/** A route of the reference. */
export interface Route {
  readonly method: Method;
  /** With names in braces, without `/2.0`. */
  readonly path: string;
  readonly who: Who;
  /** The statuses that the reference gives for success. */
  readonly statuses: readonly number[];
  readonly answer: Answer;
}

/** The same answer of several paths. */
export function routes(
  method: Method,
  paths: string | readonly string[],
  answer: Answer,
  { who = 'user', statuses = [200] }: { who?: Who; statuses?: readonly number[] } = {},
): readonly Route[] {
  return [paths].flat().map((path) => ({ method, path, who, statuses, answer }));
}

/** A path of a user, and the same with the user left out. */
export function owned(...paths: readonly string[]): string[] {
  return paths.flatMap((path) => [`/users/{user}${path}`, path]);
}

/** The "filtering route aliases": of a user, of one connection, of one account. */
export function scoped(name: string): string[] {
  return owned(
    `/${name}`,
    `/connections/{connection}/${name}`,
    `/accounts/{account}/${name}`,
    `/connections/{connection}/accounts/{account}/${name}`,
  );
}

/** `overview/api-design`: "POST or PUT, update a resource". */
export function updates(
  paths: string | readonly string[],
  answer: Answer,
  how: { who?: Who; statuses?: readonly number[] } = {},
): readonly Route[] {
  return [...routes('POST', paths, answer, how), ...routes('PUT', paths, answer, how)];
}
