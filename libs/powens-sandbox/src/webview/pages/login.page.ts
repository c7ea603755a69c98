import type { Connector } from '../../connectors/connector.js';
import { TEST_CREDENTIALS } from '../../sandbox.credentials.js';
import type { FieldRecord } from '../../store/records.js';
import { html } from './frame/html.js';
import type { Html } from './frame/html.js';
import { actionUrl, bankHeading, buttonForm, cancelForm, page, problemBox } from './frame/layout.js';
import type { PageContext } from './frame/layout.js';

/** What a page about one bank shows. */
export interface BankContext extends PageContext {
  connector: Connector;
}

/** Login and password of the bank, with what to type in the sandbox. */
export function loginPage(context: BankContext): string {
  const { session, texts, connector } = context;
  const content = html`${bankHeading(connector, texts.loginTitle)}${problemBox(context)}
    <p class="hint" id="hint">
      ${texts.loginHint} <code>${TEST_CREDENTIALS.login}</code> ${texts.and}
      <code>${TEST_CREDENTIALS.password}</code>
    </p>
    <form method="post" action="${actionUrl(session, 'login')}" autocomplete="off">
      ${connector.fields.map((field) => fieldInput(context, field))}
      <div class="actions"><button class="primary">${texts.continue}</button></div>
    </form>`;
  return page({
    texts,
    title: texts.loginTitle,
    content,
    foot: html`${backForm(context)}${cancelForm(context)}`,
  });
}

/** Back to the list, where there is one. */
export function backForm({ session, texts }: PageContext): Html | null {
  return session.idConnection === null ? buttonForm(actionUrl(session, 'back'), texts.back, 'link') : null;
}

function fieldInput(context: BankContext, field: FieldRecord): Html {
  const { session, texts, connector } = context;
  const prefilled = session.filters.prefilled[`${connector.uuid}.${field.name}`] ?? '';
  const label = html`<label for="${field.name}">${texts.field[field.name] ?? field.label}</label>`;
  if (field.values !== null) {
    const options = field.values.map(({ value, label: text }) => {
      const isChosen = value === prefilled;
      return html`<option value="${value}" ${isChosen && 'selected'}>${texts.values[value] ?? text}</option>`;
    });
    return html`${label}<select id="${field.name}" name="${field.name}">
        ${options}
      </select>`;
  }
  const isWrong = session.problem === 'wrongCredentials' && 'aria-invalid=true aria-describedby=problem';
  return html`${label}<input
      type="${field.type === 'password' ? 'password' : 'text'}"
      id="${field.name}"
      name="${field.name}"
      value="${field.type === 'password' ? '' : prefilled}"
      required
      autocapitalize="none"
      spellcheck="false"
      ${isWrong || 'aria-describedby=hint'}${field.name === 'login' && ' autofocus'}
    />`;
}
