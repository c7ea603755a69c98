import { html } from './frame/html.js';
import { page } from './frame/layout.js';
import type { Texts } from './texts/texts.en.js';

/** A webview that cannot be opened. There is no link out: the only known address is unverified. */
export function refusedPage(texts: Texts, description: string): string {
  const content = html`<h1>${texts.refusedTitle}</h1>
    <p class="problem" role="alert">${description}</p>
    <p>${texts.refusedAdvice}</p>`;
  return page({ texts, title: texts.refusedTitle, content });
}
