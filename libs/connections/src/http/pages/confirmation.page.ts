import { pageOf } from './page.js';

/**
 * The page for a person whom another site sent to the start of a connection.
 *
 * @param href - continues; relative, so that it stays below the path that the browser asked for
 */
export function confirmationPage(href: string): string {
  return pageOf({
    title: 'Connect a bank or billing provider?',
    detail:
      'Another site, or a link in a message, brought you here. Continue only if you want to connect a bank or billing ' +
      'provider to your account in this application.',
    links: [
      { href, text: 'Continue' },
      { href: '/', text: 'Cancel' },
    ],
  });
}
