import { Injectable } from '@nestjs/common';
import Negotiator from 'negotiator';
import type { StartedAttempt } from '../flow/connect/connect-flow.types.js';
import type { Owner } from '../options/index.js';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';
import { BrowserBindingCookie } from './browser-binding.cookie.js';
import { addCookie, type HttpResponse } from './answers/http-exchange.js';
import { OwnerGate } from './owner.gate.js';

const LANGUAGES = ['en', 'fr', 'de', 'nl', 'pt', 'it', 'es'];

/**
 * What every route that starts a flow does around it: not from another site, for the signed-in owner, in the browser's
 * language, with the binding cookie.
 *
 * @internal
 */
@Injectable()
export class AttemptStarter {
  constructor(
    private readonly gate: OwnerGate,
    private readonly cookie: BrowserBindingCookie,
  ) {}

  /**
   * Starts an attempt for a request.
   *
   * @param asked - gets the browser's language when it names none
   * @param start - starts the flow for an owner and the binding that the browser has
   */
  async start(
    { request, response }: { request: ConnectionsRequest; response: HttpResponse },
    asked: { lang?: string },
    start: (owner: Owner, binding: string | null) => Promise<StartedAttempt>,
  ): Promise<StartedAttempt> {
    const owner = await this.gate.changingOwner(request);
    speakLanguageOf(request, asked);
    const started = await start(owner, this.cookie.read(request));
    addCookie(response, this.cookie.issue(started.binding));
    return started;
  }
}

/** The browser's language, when the start names none and the webview speaks it. */
function speakLanguageOf(request: ConnectionsRequest, asked: { lang?: string }): void {
  if (asked.lang !== undefined || request.headers['accept-language'] === undefined) {
    return;
  }
  const [lang] = new Negotiator(request).languages(LANGUAGES);
  if (lang !== undefined) {
    asked.lang = lang;
  }
}
