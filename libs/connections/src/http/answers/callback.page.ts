import type { Problem } from '../problem/problem.js';

/**
 * The page a person sees when a callback cannot be used. No script, no style, nothing from elsewhere (OA-21): the
 * answer's own policy would not let them in.
 */
export function callbackPage(problem: Problem): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(problem.title)}</title></head>
<body>
<main>
<h1>${escaped(problem.title)}</h1>
<p>${escaped(problem.detail)}</p>
<p><a href="/" rel="noreferrer">Back to the application</a></p>
<p><small>Code: ${escaped(problem.code)}</small></p>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
