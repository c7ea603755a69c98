import type { IncomingMessage } from 'node:http';
import { ForbiddenException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';

/** Refuses what a page of another site sends, so that nobody is signed in or out without knowing. */
@Injectable()
export class SameSiteGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    // Absent outside of browsers, and there nobody's cookies are at stake.
    if (headers['sec-fetch-site'] === 'cross-site') {
      throw new ForbiddenException('Requests from pages of another site are refused.');
    }
    return true;
  }
}
