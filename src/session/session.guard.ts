import type { IncomingMessage } from 'node:http';
import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { SessionCookie } from './session-cookie.service.js';

/** Lets only signed-in users through. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly cookie: SessionCookie) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    if (this.cookie.read(headers) === null) {
      throw new UnauthorizedException('No user is signed in: POST /session {"user": "alice"} first.');
    }
    return true;
  }
}
