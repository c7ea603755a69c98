import { Module } from '@nestjs/common';
import { SessionCookie } from './session-cookie.service.js';
import { SessionGuard } from './session.guard.js';
import { SessionOwnerResolver } from './session-owner.resolver.js';

/** The stand-in for the host's login: identifies the user of a request. Its routes are added only where they are allowed. */
@Module({
  providers: [SessionCookie, SessionGuard, SessionOwnerResolver],
  exports: [SessionCookie, SessionGuard, SessionOwnerResolver],
})
export class SessionModule {}
