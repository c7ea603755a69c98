import { ConnectionsError } from '../../errors/connections.error.js';
import { UnexpectedShapeError } from '../wire-values.js';

/**
 * Parameters of a query. Absent ones are left out; the empty text writes the bare name, as the value-less `?all`.
 *
 * @public
 */
export type PowensQuery = Readonly<Record<string, string | number | boolean | undefined>>;

// No percent sign, no backslash, no colon: such a path is parsed the same way by every server, and cannot name a host.
const SEGMENT = /^[A-Za-z0-9_~,.-]{1,200}$/;
const MAX_SEGMENTS = 20;

/**
 * A path below the API root, with its query: the only thing that may be appended to the root. Whatever a host or an
 * answer of Powens names has to become one first.
 *
 * @internal
 */
export class ApiPath {
  private constructor(
    /** Path and query as sent. */
    readonly sent: string,
    /** The path without its ids and its query: what errors and audit entries name. */
    readonly operation: string,
  ) {}

  /**
   * Checks a path that this application named.
   *
   * @throws ConnectionsError `invalid_request`
   */
  static of(path: string, query: PowensQuery = {}): ApiPath {
    const segments = typeof path === 'string' ? segmentsOf(path) : null;
    if (segments === null) {
      throw new ConnectionsError(
        'invalid_request',
        'A path of the Powens API is written below its root, as "/users/me/accounts": no scheme, host, query, ".." or ' +
          'encoded character. Paths below /auth are not for hosts.',
      );
    }
    return ApiPath.#made(segments, queryOf(query));
  }

  /**
   * Checks a link that an answer of Powens named: absolute, or below its host. The bearer token follows it.
   *
   * @param root - the API root, without a trailing slash
   * @param named - the root by which Powens names itself, where `root` is a gateway before it: what is linked there is read at `root`
   * @throws UnexpectedShapeError for a link that leads anywhere else
   */
  static ofLink(root: string, href: unknown, from: ApiPath, named = root): ApiPath {
    const url = urlBelow(root, href, from) ?? urlBelow(named, href, from);
    // Powens writes a list of ids with commas, which an encoder escapes, and takes a collection with a slash at its end for the same.
    const plain = url?.path.replace(/%2C/gi, ',').replace(/(?<=[^/])\/$/, '');
    const segments = plain === undefined ? null : segmentsOf(plain);
    if (url === null || segments === null) {
      throw new UnexpectedShapeError('_links.next');
    }
    // Opaque, used as it is.
    return ApiPath.#made(segments, url.search, url.path.replace(/^\//, ''));
  }

  /** The page of the list that begins after so many items. */
  atOffset(offset: number): ApiPath {
    const [path = '', query = ''] = this.sent.split('?');
    const pairs = query.split('&').filter((pair) => pair !== '' && !pair.startsWith('offset='));
    return new ApiPath(`${path}?${[...pairs, `offset=${offset}`].join('&')}`, this.operation);
  }

  /** A parameter of the query that is a whole number, as `limit`; null where it is not there. */
  integer(name: string): number | null {
    const value = new URLSearchParams(this.sent.split('?')[1]).get(name) ?? '';
    return /^\d{1,15}$/.test(value) ? Number(value) : null;
  }

  static #made(segments: readonly string[], search: string, path = segments.join('/')): ApiPath {
    const named = segments.map((segment) => (/^[\d,]+$/.test(segment) ? '{id}' : segment));
    return new ApiPath(`/${path}${search}`, `/${named.join('/')}`);
  }
}

/** Path below a root, and query, of a link; null for one that leads elsewhere. */
function urlBelow(root: string, href: unknown, from: ApiPath): { path: string; search: string } | null {
  if (typeof href !== 'string' || !URL.canParse(href, root + from.sent)) {
    return null;
  }
  const base = new URL(root);
  const { origin, username, password, pathname, search } = new URL(href, root + from.sent);
  const prefix = `${base.pathname.replace(/\/+$/, '')}/`;
  // The origin is scheme, host and port; user and password are no part of it.
  const isBelow = origin === base.origin && username === '' && password === '' && pathname.startsWith(prefix);
  return isBelow ? { path: pathname.slice(prefix.length), search } : null;
}

function segmentsOf(path: string): readonly string[] | null {
  const segments = path.replace(/^\//, '').split('/');
  const [first = ''] = segments;
  const allFine = segments.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..');
  // Below /auth are tokens and codes: they belong to custody.
  return allFine && segments.length <= MAX_SEGMENTS && first.toLowerCase() !== 'auth' ? segments : null;
}

function queryOf(query: PowensQuery): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) {
      return [];
    }
    if (name === '') {
      throw new ConnectionsError('invalid_request', 'A query parameter of the Powens API needs a name.');
    }
    const key = encodeURIComponent(name);
    return value === '' ? [key] : [`${key}=${encodeURIComponent(value)}`];
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
