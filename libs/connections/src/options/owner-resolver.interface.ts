import type { IncomingHttpHeaders } from 'node:http';
import type { Owner } from '../values/owner.js';

/**
 * What this library reads of a request, on Express and on Fastify alike. The host's guards usually add more (`user`,
 * `session`): widen the type in the resolver.
 *
 * @public
 */
export interface ConnectionsRequest {
  readonly method: string;
  /** Path and query as received. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * What a resolver may return: an {@link Owner}, its bare id, or nothing when no user is signed in. When the owner is an
 * organisation, `{ id: organisation.id, actor: user.id }`.
 *
 * @public
 */
export type OwnerLike = (Pick<Owner, 'id'> & Partial<Owner>) | string | null | undefined;

/**
 * Resolves the owner of a request. The result must come from the host's own session or token, never from the request's
 * query or body: otherwise any caller can name any owner.
 *
 * @public
 */
export interface OwnerResolver {
  /**
   * Names the owner of a request, after the host's guards have run.
   *
   * @returns nothing when no user is signed in: the route answers 401
   */
  resolveOwner(request: ConnectionsRequest): OwnerLike | Promise<OwnerLike>;

  /**
   * Names the signed-in user at the callback, where **no guard runs**. If it names one, that must be the owner
   * who started the attempt, or the code is not exchanged.
   *
   * @returns nothing when no user is signed in or this is unknown: the browser binding alone decides
   */
  resolvePrincipal?(request: ConnectionsRequest): OwnerLike | Promise<OwnerLike>;
}
