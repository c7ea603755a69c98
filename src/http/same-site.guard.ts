import type { IncomingMessage } from 'node:http';
import { ForbiddenException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';

/** Refuses requests from pages of another origin, so that no user is signed in or out unknowingly: `same-site` is any other port. */
@Injectable()
export class SameSiteGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    // Absent outside of browsers, where no user's cookies are at risk.
    if (headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site') {
      throw new ForbiddenException('Requests from pages of another site are refused.');
    }
    return true;
  }
}
