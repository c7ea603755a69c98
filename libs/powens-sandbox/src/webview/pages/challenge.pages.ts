import { TEST_CREDENTIALS } from '../../sandbox.credentials.js';
import { html } from './frame/html.js';
import { actionUrl, bankHeading, buttonForm, cancelForm, page, problemBox } from './frame/layout.js';
import { backForm } from './login.page.js';
import type { BankContext } from './login.page.js';

/** Asks for a one-time code. */
export function otpPage(context: BankContext): string {
  const { session, texts, connector } = context;
  const isWrong = session.problem !== null && 'aria-invalid=true';
  const content = html`${bankHeading(connector, texts.otpTitle)}${problemBox(context)}
    <p>${texts.otpIntro}</p>
    <p class="hint" id="hint">${texts.otpHint} <code>${TEST_CREDENTIALS.otp}</code></p>
    <form method="post" action="${actionUrl(session, 'otp')}" autocomplete="off">
      <label for="otp">${texts.field['otp']}</label>
      <input
        type="text"
        id="otp"
        name="otp"
        inputmode="numeric"
        autocomplete="one-time-code"
        maxlength="6"
        required
        autofocus
        aria-describedby="hint"
        ${isWrong}
      />
      <div class="actions"><button class="primary">${texts.continue}</button></div>
    </form>`;
  return page({ texts, title: texts.otpTitle, content, foot: cancelForm(context) });
}

/** Asks to confirm in the bank's application; there is no phone here, so the button is the confirmation. */
export function decoupledPage(context: BankContext): string {
  const { session, texts, connector } = context;
  const content = html`${bankHeading(connector, texts.decoupledTitle)}
    <p>${texts.decoupledIntro}</p>
    <p class="hint">${texts.decoupledHint}</p>
    <div class="actions">
      ${buttonForm(actionUrl(session, 'confirm'), texts.decoupledContinue, 'primary')}
    </div>`;
  return page({ texts, title: texts.decoupledTitle, content, foot: cancelForm(context) });
}

/** Announces the bank's own site. */
export function toBankPage(context: BankContext): string {
  const { session, texts, connector } = context;
  const content = html`${bankHeading(connector, texts.bankTitle)}${problemBox(context)}
    <p>${texts.bankIntro(connector.name)}</p>
    <div class="actions">
      <a class="button primary" href="${actionUrl(session, 'bank')}">${texts.bankContinue(connector.name)}</a>
    </div>`;
  return page({
    texts,
    title: texts.bankTitle,
    content,
    foot: html`${backForm(context)}${cancelForm(context)}`,
  });
}

/** The bank's own site, pretended: it looks different on purpose, and has no way back but its two buttons. */
export function atBankPage({ session, texts, connector }: BankContext): string {
  const content = html`<h1>${texts.bankPageTitle}</h1>
    ${problemBox({ session, texts })}
    <p>${texts.bankPageIntro}</p>
    <p class="hint">
      ${texts.loginHint} <code>${TEST_CREDENTIALS.login}</code> ${texts.and}
      <code>${TEST_CREDENTIALS.password}</code>
    </p>
    <form method="post" action="${actionUrl(session, 'bank')}" autocomplete="off">
      <label for="login">${texts.field['login']}</label>
      <input
        type="text"
        id="login"
        name="login"
        value="${TEST_CREDENTIALS.login}"
        autocapitalize="none"
        spellcheck="false"
      />
      <label for="password">${texts.field['password']}</label>
      <input type="password" id="password" name="password" value="${TEST_CREDENTIALS.password}" />
      <div class="actions">
        <button class="primary" name="decision" value="approve">${texts.bankApprove}</button>
        <button class="secondary" name="decision" value="refuse">${texts.bankRefuse}</button>
      </div>
    </form>`;
  return page({ texts, title: connector.name, content, bank: connector });
}
