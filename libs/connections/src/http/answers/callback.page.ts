import type { Problem } from '../problem/problem.js';

/** A link of a page. */
interface PageLink {
  /** A path or URL of this application. */
  readonly href: string;
  readonly text: string;
}

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

/** No script, no style, nothing from elsewhere (OA-21): the answer's own policy would block them. */
function pageOf({ title, detail, code, links }: Pick<Problem, 'title' | 'detail' | 'code'> & Links): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title></head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(detail)}</p>
${links.map(({ href, text }) => `<p><a href="${escaped(href)}" rel="noreferrer">${escaped(text)}</a></p>`).join('\n')}
<p><small>Code: ${escaped(code)}</small></p>
</main>
</body>
</html>
`;
}

interface Links {
  readonly links: readonly PageLink[];
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
