import { Module } from '@nestjs/common';
import { SessionCookie } from './session-cookie.service.js';
import { SessionGuard } from './session.guard.js';
import { SessionOwnerResolver } from './session-owner.resolver.js';

/** The stand-in for the host's login, as the rest asks it: who is this? Its routes are added where they are allowed. */
@Module({
  providers: [SessionCookie, SessionGuard, SessionOwnerResolver],
  exports: [SessionCookie, SessionGuard, SessionOwnerResolver],
})
export class SessionModule {}
