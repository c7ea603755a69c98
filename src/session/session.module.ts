import { Module } from '@nestjs/common';
import { SessionCookie } from './session-cookie.service.js';
import { SessionController } from './session.controller.js';
import { SessionGuard } from './session.guard.js';
import { SessionOwnerResolver } from './session-owner.resolver.js';

/** The stand-in for the host's login, and what the rest asks it: who is this? */
@Module({
  controllers: [SessionController],
  providers: [SessionCookie, SessionGuard, SessionOwnerResolver],
  exports: [SessionCookie, SessionGuard, SessionOwnerResolver],
})
export class SessionModule {}
