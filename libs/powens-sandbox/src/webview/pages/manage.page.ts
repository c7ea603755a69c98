import type { Connector } from '../../connectors/connector.js';
import type { ConnectionRecord } from '../../store/records.js';
import { html } from './frame/html.js';
import type { Html } from './frame/html.js';
import { actionUrl, bankMark, buttonForm, page, problemBox } from './frame/layout.js';
import type { PageContext } from './frame/layout.js';

/** A connection in the list. */
export interface ManagedConnection {
  connection: ConnectionRecord;
  connector: Connector;
}

/** The person's connections: repair one, delete one, add one. */
export function managePage(context: PageContext & { connections: readonly ManagedConnection[] }): string {
  const { session, texts, connections } = context;
  const list =
    connections.length === 0
      ? html`<p>${texts.manageEmpty}</p>`
      : html`<ul class="plain">
          ${connections.map((one) => row(context, one))}
        </ul>`;
  const close =
    session.redirectUri !== null && buttonForm(actionUrl(session, 'close'), texts.close, 'primary');
  const content = html`<h1>${texts.manageTitle}</h1>
    ${problemBox(context)}${session.removed !== null && html`<p class="hint" role="status">${texts.removed}</p>`}${list}
    <div class="actions">
      ${buttonForm(actionUrl(session, 'add'), texts.addAnother, 'secondary')} ${close}
    </div>`;
  return page({ texts, title: texts.manageTitle, content });
}

function row({ session, texts }: PageContext, { connection, connector }: ManagedConnection): Html {
  const isFine = connection.state === null;
  // Without sight of the row, "Delete" alone does not say what.
  const label = (verb: string): Html => html`${verb}<span class="unseen"> ${connector.name}</span>`;
  const id = html`<input type="hidden" name="connection" value="${connection.id}" />`;
  return html`<li class="row">
    <div class="heading">
      ${bankMark(connector)}
      <div>
        <strong>${connector.name}</strong><br />
        <span class="muted"
          >${isFine ? texts.manageFine : `${texts.manageBroken} (${connection.state ?? ''})`}</span
        >
      </div>
    </div>
    <div class="tools">
      ${buttonForm(actionUrl(session, 'repair'), label(texts.repair), isFine ? 'secondary' : 'primary', id)}
      ${buttonForm(actionUrl(session, 'remove'), label(texts.remove), 'danger', id)}
    </div>
  </li>`;
}
