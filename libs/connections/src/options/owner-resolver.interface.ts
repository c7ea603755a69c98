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
 * What a resolver may answer: an {@link Owner}, its bare id, or nothing when nobody is signed in. Where the owner is an
 * organisation, `{ id: organisation.id, actor: user.id }`.
 *
 * @public
 */
export type OwnerLike = (Pick<Owner, 'id'> & Partial<Owner>) | string | null | undefined;

/**
 * Tells who a request belongs to. The answer comes from the host's own session or token, never from the request's
 * query or body: that is the worst hole seen in hand-rolled integrations.
 *
 * @public
 */
export interface OwnerResolver {
  /**
   * Names the owner of a request, after the host's guards have run.
   *
   * @returns nothing when nobody is signed in: the route answers 401
   */
  resolveOwner(request: ConnectionsRequest): OwnerLike | Promise<OwnerLike>;

  /**
   * Names who is signed in at the callback, where **no guard runs**. When it names somebody, that must be the owner
   * who started the attempt, or nothing is exchanged.
   *
   * @returns nothing when nobody is signed in or it cannot be told: the browser binding alone decides
   * @see OA-03
   */
  resolvePrincipal?(request: ConnectionsRequest): OwnerLike | Promise<OwnerLike>;
}
