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

/** The security headers of every page of this host; the library's callback sets stricter ones itself. */
export function securityHeaders(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  if (!pathOf(request).startsWith('/docs')) {
    // All the rest is about one person: neither a shared cache nor the back button may show it to another.
    response.setHeader('Cache-Control', 'no-store');
  }
  next();
}
