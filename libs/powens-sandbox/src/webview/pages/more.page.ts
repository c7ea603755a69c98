import { html } from './frame/html.js';
import { actionUrl, buttonForm, cancelForm, page } from './frame/layout.js';
import type { PageContext } from './frame/layout.js';

/** Offers to add one more connection. */
export function morePage(
  context: PageContext & { names: readonly string[]; mayAddAnother: boolean },
): string {
  const { session, texts, names, mayAddAnother } = context;
  const content = html`<h1>${texts.moreTitle}</h1>
    <p role="status">${texts.moreIntro(session.made.length, session.maxConnections ?? 1)}</p>
    <ul class="points">
      ${names.map((name) => html`<li>${name}</li>`)}
    </ul>
    <div class="actions">
      ${mayAddAnother && buttonForm(actionUrl(session, 'another'), texts.addAnother, 'secondary')}
      ${buttonForm(actionUrl(session, 'finish'), texts.finish, 'primary')}
    </div>`;
  return page({ texts, title: texts.moreTitle, content, foot: cancelForm(context) });
}
