import type { Connector } from '../../connectors/connector.js';
import { DEFAULT_CLIENT, TEST_CREDENTIALS } from '../../sandbox.credentials.js';
import { html } from './frame/html.js';
import type { Html } from './frame/html.js';
import { bankMark, page } from './frame/layout.js';
import { textsFor } from './texts/texts.js';

/** What the page at the root shows. */
export interface HomeContext {
  root: string;
  tryUrl: string;
  /** What a webview tried from here came back with. */
  returned: readonly [string, string][];
  connectors: readonly Connector[];
}

/** What is running here, for the person who opens it in a browser. */
export function homePage({ root, tryUrl, returned, connectors }: HomeContext): string {
  const content = html`<h1>Powens, on this machine</h1>
    <p>A stand-in for the API and the webview: no account, no network, no real bank.</p>
    ${returned.length > 0 && resultBox(returned)}
    <h2>Addresses</h2>
    <ul class="points">
      <li>API: <code>${root}/2.0</code></li>
      <li>Webview: <code>${root}/en/connect</code></li>
      <li>What happened: <a href="/sandbox/ledger">the ledger</a></li>
    </ul>
    <h2>Client application</h2>
    <ul class="points">
      <li>Domain: <code>${DEFAULT_CLIENT.domain}</code></li>
      <li>Client id: <code>${DEFAULT_CLIENT.clientId}</code></li>
      <li>Client secret: <code>${DEFAULT_CLIENT.clientSecret}</code></li>
    </ul>
    <h2>At any bank</h2>
    <ul class="points">
      <li>
        Login <code>${TEST_CREDENTIALS.login}</code>, password <code>${TEST_CREDENTIALS.password}</code>
      </li>
      <li>One-time code <code>${TEST_CREDENTIALS.otp}</code></li>
    </ul>
    <div class="actions"><a class="button primary" href="${tryUrl}">Try the webview</a></div>
    <h2>Banks and providers</h2>
    <ul class="plain">
      ${connectors.map(connectorRow)}
    </ul>`;
  return page({ texts: { ...textsFor('en'), product: 'powens-sandbox' }, title: 'powens-sandbox', content });
}

function resultBox(returned: readonly [string, string][]): Html {
  const rows = returned.map(([name, value]) => html`<li><code>${name}</code> ${value}</li>`);
  return html`<div class="hint" role="status">
    <strong>The webview came back with</strong>
    <ul class="points">
      ${rows}
    </ul>
  </div>`;
}

function connectorRow(one: Connector): Html {
  const traits = [
    one.country,
    one.capabilities.join(', '),
    one.authMechanism,
    one.challenge === 'none' ? '' : one.challenge,
    one.beta ? 'beta' : '',
    one.restricted ? 'restricted' : '',
  ].filter((trait) => trait !== '');
  return html`<li class="row">
    <div class="heading">
      ${bankMark(one)}
      <div>
        <strong>${one.name}</strong><br /><span class="muted">${one.id} · ${traits.join(' · ')}</span>
      </div>
    </div>
  </li>`;
}
