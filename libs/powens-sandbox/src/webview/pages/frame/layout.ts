import type { Connector } from '../../../connectors/connector.js';
import type { WebviewSessionRecord } from '../../../store/webview-session.record.js';
import { Html, html } from './html.js';
import type { HtmlValue } from './html.js';
import { STYLESHEET } from './stylesheet.js';
import type { Texts } from '../texts/texts.en.js';

/** What every page of a session is made from. */
export interface PageContext {
  session: WebviewSessionRecord;
  texts: Texts;
}

/** What goes around the content of a page. */
export interface Frame {
  texts: Texts;
  title: string;
  content: Html;
  /** Under the content, in the foot of the card. */
  foot?: Html | null;
  /** Set on the pages of the pretended bank. */
  bank?: Connector;
}

/** A whole page. Plain HTML: it works by keyboard, at phone width, and without scripts. */
export function page({ texts, title, content, foot = null, bank }: Frame): string {
  const body = html`<!doctype html>
<html lang="${texts.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title} · ${texts.sandbox}</title>
<style>${new Html(STYLESHEET)}</style>
</head>
<body${bank === undefined ? '' : new Html(` class="at-bank c${bank.id}"`)}>
<div class="card">
<header class="bar"><span>${bank?.name ?? texts.product}</span><span class="badge">${texts.sandbox}</span></header>
<main>${content}</main>
<footer>${foot}<p>${texts.sandboxNotice}</p></footer>
</div>
</body>
</html>`;
  return body.text;
}

/** Where the forms of a session are sent. */
export function actionUrl(session: WebviewSessionRecord, action: string): string {
  return `/webview/${session.id}/${action}`;
}

/** A form of one button. */
export function buttonForm(url: string, label: HtmlValue, look: string, fields: HtmlValue = null): Html {
  return html`<form method="post" action="${url}">${fields}<button class="${look}">${label}</button></form>`;
}

/** The way out that every page of the webview has. */
export function cancelForm({ session, texts }: PageContext): Html | null {
  const hasWayOut = session.redirectUri !== null || session.flow === 'manage';
  return !hasWayOut ? null : buttonForm(actionUrl(session, 'cancel'), texts.cancel, 'link');
}

/** Says what went wrong, where there is something to say; read out at once by a screen reader. */
export function problemBox({ session, texts }: PageContext): Html | null {
  if (session.problem === null) {
    return null;
  }
  return html`<p class="problem" role="alert" id="problem">
    ${texts.problems[session.problem] ?? session.problem}
  </p>`;
}

/** The coloured square that stands for a logo. */
export function bankMark(connector: Connector): Html {
  return html`<span class="mark c${connector.id}" aria-hidden="true">${connector.slug}</span>`;
}

/** A title beside the mark of a bank. */
export function bankHeading(connector: Connector, title: string): Html {
  return html`<div class="heading">
    ${bankMark(connector)}
    <div>
      <h1>${title}</h1>
      <span class="muted">${connector.name}</span>
    </div>
  </div>`;
}
