import type { Connector } from '../../connectors/connector.js';
import { isBank } from '../../connectors/connector.js';
import { html } from './frame/html.js';
import type { Html } from './frame/html.js';
import { actionUrl, bankMark, buttonForm, cancelForm, page } from './frame/layout.js';
import type { PageContext } from './frame/layout.js';
import type { Texts } from './texts/texts.en.js';

/** What the list of banks shows. */
export interface PickerContext extends PageContext {
  found: readonly Connector[];
  /** Every country among the connectors that this webview offers. */
  countries: readonly string[];
  search: string;
  country: string;
}

/** The list of banks or providers, with a search that works without scripts. */
export function pickerPage(context: PickerContext): string {
  const { session, texts, found } = context;
  const isForBills = session.filters.capabilities.includes('document');
  const title = isForBills ? texts.pickProviderTitle : texts.pickTitle;
  const list =
    found.length === 0
      ? html`<p role="status">${texts.noResult}</p>`
      : html`<form method="post" action="${actionUrl(session, 'pick')}">
          <ul class="plain">
            ${found.map((one) => bankRow(one, texts))}
          </ul>
        </form>`;
  const content = html`<h1>${title}</h1>
    ${searchForm(context)}${list}`;
  const finish =
    session.made.length === 0 || session.flow !== 'connect'
      ? null
      : buttonForm(actionUrl(session, 'finish'), texts.finishHere, 'link');
  return page({ texts, title, content, foot: html`${finish}${cancelForm(context)}` });
}

function searchForm({ session, texts, search, country, countries }: PickerContext): Html {
  return html`<form method="get" action="/webview/${session.id}" class="search" role="search">
    <div><label for="q">${texts.search}</label><input type="search" id="q" name="q" value="${search}" /></div>
    <button class="secondary">${texts.searchButton}</button>
    ${
      countries.length > 1 &&
      html`<div class="wide">
        <label for="country">${texts.country}</label
        ><select id="country" name="country">
          <option value="">${texts.anyCountry}</option>
          ${countries.map((one) => option(one, countryName(one, texts.lang), one === country))}
        </select>
      </div>`
    }
  </form>`;
}

function option(value: string, label: string, isSelected: boolean): Html {
  return isSelected
    ? html`<option value="${value}" selected>${label}</option>`
    : html`<option value="${value}">${label}</option>`;
}

function bankRow(one: Connector, texts: Texts): Html {
  const about =
    one.authMechanism === 'webauth' ? texts.viaBank : isBank(one) ? texts.viaCredentials : texts.bills;
  return html`<li>
    <button class="bank" name="connector" value="${one.uuid}">
      ${bankMark(one)}
      <span
        ><span class="name">${one.name}${one.beta && html` <span class="tag">beta</span>`}</span>
        <span class="about">${countryName(one.country, texts.lang)} · ${about}</span></span
      >
    </button>
  </li>`;
}

function countryName(code: string, lang: string): string {
  return new Intl.DisplayNames([lang], { type: 'region' }).of(code) ?? code;
}
