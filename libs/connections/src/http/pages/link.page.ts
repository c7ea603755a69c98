import { pageOf } from './page.js';

/** The page that a share link leads to. It is the same for every link, also for one that does not exist. */
export function linkPage(): string {
  return pageOf({
    title: 'Connect a bank or billing provider?',
    detail:
      'Continue only if you expected this link, and want to connect a bank or billing provider to your account in this application.',
    submit: 'Continue',
    links: [{ href: '/', text: 'Cancel' }],
  });
}

/** The page for a person who opened a share link and is not signed in. */
export function signInFirstPage(): string {
  return pageOf({
    title: 'Sign in first',
    detail: 'Sign in to the application, then open the link again.',
    code: 'unauthenticated',
    links: [{ href: '/', text: 'To the application' }],
  });
}
