import { pageOf } from './page.js';

/** The page that leads a browser on by itself, and by its link where refreshes are off. */
export function continuePage(url: string): string {
  return pageOf({
    title: 'Continue to the application',
    detail: 'You are being sent back to the application.',
    links: [{ href: url, text: 'Continue' }],
    refresh: url,
  });
}
