import type { ClientStartRequest, ConnectionsClientOptions } from '../client/index.js';

const LANGUAGES = ['en', 'fr', 'de', 'nl', 'pt', 'it', 'es'] as const;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How the routes are called, by the attributes `base-url` and `credentials`, and by what the application set. */
export function clientOptionsOf(
  element: HTMLElement,
  { fetch: send, headers }: { [Key in 'fetch' | 'headers']?: ConnectionsClientOptions[Key] | undefined },
): ConnectionsClientOptions {
  const credentials = element.getAttribute('credentials') === 'include' ? 'include' : 'same-origin';
  return {
    baseUrl: element.getAttribute('base-url') ?? '/connections',
    credentials,
    ...(send === undefined ? {} : { fetch: send }),
    ...(headers === undefined ? {} : { headers }),
  };
}

/** What a start asks for; the attribute `return-to` and the language of the page go before what the application set. */
export function startRequestOf(
  element: HTMLElement,
  request: ClientStartRequest | undefined,
  lang: string,
): ClientStartRequest {
  const spoken = LANGUAGES.find((one) => one === lang.slice(0, 2).toLowerCase());
  const returnTo = element.getAttribute('return-to');
  return {
    ...request,
    ...(spoken === undefined ? {} : { lang: spoken }),
    ...(returnTo === null ? {} : { returnTo }),
  };
}

/** The attempt whose end is shown: of the attribute `attempt`, else of the address of the page. */
export function attemptIdOf(element: HTMLElement): string | null {
  const query = new URLSearchParams(location.search);
  // With a ticket, the application completes the attempt first.
  const landed = query.has('ticket') ? null : query.get('attempt');
  const id = element.getAttribute('attempt') ?? landed ?? '';
  return ID.test(id) ? id : null;
}
