import type { Problem } from '../problem/problem.js';
import { pageOf } from './page.js';

/** The page a person sees when a callback cannot be used. */
export function callbackPage({ title, detail, code }: Problem): string {
  return pageOf({ title, detail, code, links: [{ href: '/', text: 'Back to the application' }] });
}

/**
 * The page for a person whose code was used up while the answer of Powens was lost.
 *
 * @param url - the return target of the attempt
 * @param againUrl - where the person starts again, with the same return target
 */
export function unknownPage({ url, againUrl }: { readonly url: string; readonly againUrl: string }): string {
  return pageOf({
    title: 'The bank could not be connected',
    detail:
      'The answer of Powens was lost, and this attempt cannot be completed any more. Connect the bank again.',
    code: 'outcome_unknown',
    links: [
      { href: againUrl, text: 'Connect the bank again' },
      { href: url, text: 'Back to the application' },
    ],
  });
}
