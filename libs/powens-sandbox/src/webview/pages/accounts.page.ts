import type { AccountRecord, SubscriptionRecord } from '../../store/records.js';
import { html } from './frame/html.js';
import type { Html } from './frame/html.js';
import { actionUrl, bankHeading, cancelForm, page, problemBox } from './frame/layout.js';
import type { BankContext } from './login.page.js';

/** What the person may share. */
export interface AccountsContext extends BankContext {
  accounts: readonly AccountRecord[];
  subscriptions: readonly SubscriptionRecord[];
}

/** The choice of accounts: confirming it is the consent. */
export function accountsPage(context: AccountsContext): string {
  const { session, texts, connector, accounts, subscriptions } = context;
  const isEmpty = accounts.length + subscriptions.length === 0;
  const content = html`${bankHeading(connector, texts.accountsTitle)}${problemBox(context)}
    <p>${isEmpty ? texts.nothingFound : texts.accountsIntro}</p>
    <form method="post" action="${actionUrl(session, 'consent')}">
      ${choices(
        texts.accountsLegend,
        accounts.map((one) => accountChoice(one, texts.lang)),
      )}
      ${choices(texts.subscriptionsLegend, subscriptions.map(subscriptionChoice))}
      <div class="actions"><button class="primary">${texts.accountsConfirm}</button></div>
    </form>`;
  return page({ texts, title: texts.accountsTitle, content, foot: cancelForm(context) });
}

function choices(legend: string, rows: Html[]): Html | null {
  return rows.length === 0
    ? null
    : html`<fieldset>
        <legend>${legend}</legend>
        ${rows}
      </fieldset>`;
}

function accountChoice(account: AccountRecord, lang: string): Html {
  const amount = new Intl.NumberFormat(lang, { style: 'currency', currency: account.currency }).format(
    account.balance,
  );
  return html`<label class="choice"
    ><input type="checkbox" name="account" value="${account.id}" checked />
    <span class="what">${account.name}<br /><span class="muted">•••• ${account.number.slice(-4)}</span></span>
    <span class="amount">${amount}</span></label
  >`;
}

function subscriptionChoice(subscription: SubscriptionRecord): Html {
  return html`<label class="choice"
    ><input type="checkbox" name="subscription" value="${subscription.id}" checked />
    <span class="what"
      >${subscription.label}<br /><span class="muted"
        >${subscription.number} · ${subscription.subscriber}</span
      ></span
    ></label
  >`;
}
