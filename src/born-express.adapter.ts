import { createServer, IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';

/** The two prototypes of Express; `handle` gives them to every request and response. */
type ExpressApplication = RequestListener & { request: object; response: object };

/**
 * Express at a fraction of its cost. Express changes the prototype of every request and response, which makes engines
 * give up on them. Here they are *born* with the right prototype, so that the change has no effect.
 *
 * Optional, and the host's choice: the library does not depend on it.
 */
export class BornExpressAdapter extends ExpressAdapter {
  override initHttpServer(options?: NestApplicationOptions): void {
    super.initHttpServer(options ?? {});
    if (options?.httpsOptions === undefined && options?.forceCloseConnections !== true) {
      this.httpServer = createServer(bornClasses(this.getInstance<ExpressApplication>()), this.getInstance());
    }
  }
}

/** Puts a class between Node's and Express': its instances have all of Express from the start. */
function bornClasses(express: ExpressApplication) {
  class BornRequest extends IncomingMessage {}
  class BornResponse extends ServerResponse {}
  Object.setPrototypeOf(BornRequest.prototype, express.request);
  Object.setPrototypeOf(BornResponse.prototype, express.response);
  express.request = BornRequest.prototype;
  express.response = BornResponse.prototype;
  return { IncomingMessage: BornRequest, ServerResponse: BornResponse };
}
