import { html } from './frame/html.js';
import { actionUrl, buttonForm, cancelForm, page } from './frame/layout.js';
import type { PageContext } from './frame/layout.js';

/** What the person agrees to before anything else. */
export function termsPage(context: PageContext & { application: string }): string {
  const { session, texts, application } = context;
  const content = html`<h1>${texts.termsTitle}</h1>
    <p>${texts.termsIntro(application)}</p>
    <ul class="points">
      ${texts.termsPoints.map((point) => html`<li>${point}</li>`)}
    </ul>
    <div class="actions">
      ${buttonForm(actionUrl(session, 'accept'), texts.accept, 'primary')}
      ${buttonForm(actionUrl(session, 'decline'), texts.decline, 'secondary')}
    </div>`;
  return page({ texts, title: texts.termsTitle, content, foot: cancelForm(context) });
}
