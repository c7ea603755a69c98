/** A link of a page. */
export interface PageLink {
  /** A path or URL of this application. */
  readonly href: string;
  readonly text: string;
}

/** What a page shows: texts, which are escaped. */
export interface PageContent {
  readonly title: string;
  readonly detail: string;
  readonly links: readonly PageLink[];
  /** Stable code of an error. */
  readonly code?: string;
  /** Where the browser goes by itself: a path or an absolute URL, serialised. */
  readonly refresh?: string;
  /** Values for the script, as `data-` attributes of `main`. */
  readonly data?: Readonly<Record<string, string>>;
  /** A constant whose digest the policy of the answer names. */
  readonly script?: string;
  /** Sent by a button with this text, to the address of the page. */
  readonly submit?: string;
}

/** Makes a page without style or anything from elsewhere: the policy of its answer would block them, and a script that it does not name. */
export function pageOf({
  title,
  detail,
  links,
  code,
  refresh,
  data = {},
  script,
  submit,
}: PageContent): string {
  const paragraphs = [
    escaped(detail),
    ...links.map(({ href, text }) => `<a href="${escaped(href)}" rel="noreferrer">${escaped(text)}</a>`),
    ...(code === undefined ? [] : [`<small>Code: ${escaped(code)}</small>`]),
  ];
  const meta = refresh === undefined ? '' : `<meta http-equiv="refresh" content="0;url=${escaped(refresh)}">`;
  const form = submit === undefined ? '' : `<form method="post"><button>${escaped(submit)}</button></form>\n`;
  const attributes = Object.entries(data).map(([name, value]) => ` data-${name}="${escaped(value)}"`);
  const tail = script === undefined ? '' : `<script>${script}</script>\n`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${meta}<title>${escaped(title)}</title></head>
<body>
<main${attributes.join('')}>
<h1>${escaped(title)}</h1>
${paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('\n')}
${form}</main>
${tail}</body>
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
