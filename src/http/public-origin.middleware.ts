import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback } from '../config/loopback.js';
import { pathOf } from './access-log.middleware.js';

/** The pages on which a person starts. */
const PAGES: readonly string[] = ['/', '/docs', '/docs/'];

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Redirects a browser that uses another name of this machine (127.0.0.1 for localhost) to the public URL. Cookies belong
 * to the name: set on the one, they would be missing on the other when the webview redirects back.
 */
export function publicOrigin(publicUrl: string): Middleware {
  const own = new URL(publicUrl);
  return (request, response, next) => {
    const path = pathOf(request);
    if (request.method === 'GET' && PAGES.includes(path) && isOtherName(request.headers.host, own)) {
      response.writeHead(302, { Location: `${publicUrl}${path}` }).end();
      return;
    }
    next();
  };
}

/** Only for names of this machine with the very same port: a proxy that rewrites the Host header must not cause a loop. */
function isOtherName(host: string | undefined, own: URL): boolean {
  if (
    host === undefined ||
    host === own.host ||
    !isLoopback(own.hostname) ||
    !URL.canParse(`http://${host}`)
  ) {
    return false;
  }
  const asked = new URL(`${own.protocol}//${host}`);
  return isLoopback(asked.hostname) && asked.port === own.port;
}
