import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { forbidden } from '../http/sandbox-api.error.js';
import type { SandboxRequest } from '../http/sandbox-request.js';

const LOOPBACK_ADDRESS = /^(127\.|::1$|::ffff:127\.)/;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Lets only this machine use the admin routes, and only on its own behalf. The socket's address alone would not do: a
 * page of a foreign site, open in a browser here, reaches loopback too, by a rebound name (foreign `Host`) or by a plain
 * cross-site form (foreign `Origin`).
 */
@Injectable()
export class LoopbackGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<SandboxRequest>();
    if (!isLocal(request)) {
      throw forbidden();
    }
    return true;
  }
}

function isLocal({ raw, headers }: SandboxRequest): boolean {
  const origin = headers.origin;
  const isOwnOrigin = origin === undefined || LOOPBACK_HOST.test(origin.replace(/^https?:\/\//, ''));
  const isOwnHost = LOOPBACK_HOST.test(headers.host ?? '');
  const isCrossSite = headers['sec-fetch-site'] === 'cross-site';
  return LOOPBACK_ADDRESS.test(raw.socket.remoteAddress ?? '') && isOwnHost && isOwnOrigin && !isCrossSite;
}
