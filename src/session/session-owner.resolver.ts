import { Injectable } from '@nestjs/common';
import type { ConnectionsRequest, OwnerResolver } from 'nestjs-powens-connections';
import { SessionCookie } from './session-cookie.service.js';

/** Tells the library who a request belongs to: the user of the session, never anything the request says itself. */
@Injectable()
export class SessionOwnerResolver implements OwnerResolver {
  constructor(private readonly cookie: SessionCookie) {}

  resolveOwner(request: ConnectionsRequest): string | null {
    return this.cookie.read(request.headers);
  }

  /** At the callback no guard runs; whoever is signed in there must be the one who started. */
  resolvePrincipal(request: ConnectionsRequest): string | null {
    return this.cookie.read(request.headers);
  }
}
