import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf } from './access-log.middleware.js';

/** Swagger UI styles its elements inline and draws icons from data URLs; all else comes from this origin. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/**
 * The page of the demo has neither an inline script nor an inline style, and writes nothing of an answer as HTML: its policy refuses
 * all three.
 */
const PAGE_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The security headers of every page of this host; the library's callback sets stricter ones itself. */
export function securityHeaders(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const path = pathOf(request);
  response.setHeader(
    'Content-Security-Policy',
    path === '/' ? PAGE_SECURITY_POLICY : CONTENT_SECURITY_POLICY,
  );
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  if (!path.startsWith('/docs')) {
    // All the rest is about one person: neither a shared cache nor the back button may show it to another.
    response.setHeader('Cache-Control', 'no-store');
  }
  next();
}
