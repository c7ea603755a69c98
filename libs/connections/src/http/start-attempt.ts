import Negotiator from 'negotiator';
import type { StartedAttempt } from '../flow/connect/connect-flow.types.js';
import type { Owner } from '../options/index.js';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';
import type { HttpResponse } from './answers/http-exchange.js';
import type { OwnerGate } from './owner.gate.js';

const LANGUAGES = ['en', 'fr', 'de', 'nl', 'pt', 'it', 'es'];

/** A request, and the response that gets the binding cookie. */
export interface StartExchange {
  readonly request: ConnectionsRequest;
  readonly response: HttpResponse;
}

/**
 * The common part of every route that starts a flow: refuses other sites, resolves the owner, sets the browser's
 * language and the binding cookie.
 *
 * @param options - gets the browser's language when it names none
 * @param start - starts the flow for an owner and the binding that the browser has
 * @internal
 */
export async function startAttempt(
  gate: OwnerGate,
  { request, response }: StartExchange,
  options: { lang?: string },
  start: (owner: Owner, binding: string | null) => Promise<StartedAttempt>,
): Promise<StartedAttempt> {
  const owner = await gate.changingOwner(request);
  applyBrowserLanguage(request, options);
  const started = await start(owner, gate.binding(request));
  gate.bind(response, started);
  return started;
}

/** Uses the browser's language, when the start names none and the webview supports it. */
function applyBrowserLanguage(request: ConnectionsRequest, options: { lang?: string }): void {
  if (options.lang !== undefined || request.headers['accept-language'] === undefined) {
    return;
  }
  const [lang] = new Negotiator(request).languages(LANGUAGES);
  if (lang !== undefined) {
    options.lang = lang;
  }
}
