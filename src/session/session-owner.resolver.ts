import { Injectable } from '@nestjs/common';
import type { ConnectionsRequest, OwnerResolver } from 'nestjs-powens-connections';
import { SessionCookie } from './session-cookie.service.js';

/** Resolves the owner of a request: the user of the session, never a value of the request's query or body. */
@Injectable()
export class SessionOwnerResolver implements OwnerResolver {
  constructor(private readonly cookie: SessionCookie) {}

  resolveOwner(request: ConnectionsRequest): string | null {
    return this.cookie.read(request.headers);
  }

  /** At the callback no guard runs; the user who is signed in there must be the one who started. */
  resolvePrincipal(request: ConnectionsRequest): string | null {
    return this.cookie.read(request.headers);
  }
}
