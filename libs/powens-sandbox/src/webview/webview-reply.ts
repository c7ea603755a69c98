import type { SandboxReply } from '../http/sandbox-request.js';
import { CONTENT_SECURITY_POLICY } from './pages/frame/stylesheet.js';

/** Sends a page, with headers that keep it to itself. */
export function sendPage(reply: SandboxReply, page: string): void {
  reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .send(page);
}

/** Sends the browser elsewhere; always by GET, so that a reload never sends a form again. */
export function sendTo(reply: SandboxReply, location: string, status: 302 | 303 = 303): void {
  reply
    .code(status)
    .header('location', location)
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .send('');
}
