import { Injectable } from '@nestjs/common';
import { ClientApplications } from '../auth/client-applications.service.js';
import { ConnectionsService } from '../connections/connections.service.js';
import { ConnectorsService } from '../connectors/connectors.service.js';
import type { Fields } from '../http/fields.js';
import type { WebviewSessionRecord } from '../store/webview-session.record.js';
import { ConnectSteps } from './steps/connect-steps.service.js';
import { ManageSteps } from './steps/manage-steps.service.js';
import { accountsPage } from './pages/accounts.page.js';
import { atBankPage, decoupledPage, otpPage, toBankPage } from './pages/challenge.pages.js';
import type { PageContext } from './pages/frame/layout.js';
import { loginPage } from './pages/login.page.js';
import { managePage } from './pages/manage.page.js';
import { morePage } from './pages/more.page.js';
import { pickerPage } from './pages/picker.page.js';
import { termsPage } from './pages/terms.page.js';
import { textsFor } from './pages/texts/texts.js';

/** Writes the page a session waits at. */
@Injectable()
export class WebviewPages {
  constructor(
    private readonly clients: ClientApplications,
    private readonly connections: ConnectionsService,
    private readonly connectors: ConnectorsService,
    private readonly manage: ManageSteps,
    private readonly steps: ConnectSteps,
  ) {}

  /** The page of the session's step; the query holds what was typed into the search box. */
  show(session: WebviewSessionRecord, query: Fields): string {
    const context: PageContext = { session, texts: textsFor(session.lang) };
    switch (session.step) {
      case 'terms':
        return termsPage({ ...context, application: this.clients.find(session.clientId)?.name ?? '' });
      case 'picker':
        return this.picker(context, query);
      case 'more':
        return this.more(context);
      case 'manage':
        return this.managed(context);
      default:
        return this.bankStep(context);
    }
  }

  /** The pretended site of the bank. */
  bank(session: WebviewSessionRecord): string {
    return atBankPage({ session, texts: textsFor(session.lang), connector: this.steps.connectorOf(session) });
  }

  private bankStep(context: PageContext): string {
    const bankContext = { ...context, connector: this.steps.connectorOf(context.session) };
    switch (context.session.step) {
      case 'bank':
        return context.session.flow === 'webauth' ? atBankPage(bankContext) : toBankPage(bankContext);
      case 'otp':
        return otpPage(bankContext);
      case 'decoupled':
        return decoupledPage(bankContext);
      case 'accounts':
        return accountsPage({ ...bankContext, ...this.steps.consentable(context.session) });
      default:
        return loginPage(bankContext);
    }
  }

  private picker(context: PageContext, query: Fields): string {
    const { filters } = context.session;
    const search = query.text('q') ?? '';
    const country = query.text('country') ?? '';
    const offered = this.connectors.offered(filters);
    const matching = this.connectors.offered({ ...filters, search });
    return pickerPage({
      ...context,
      search,
      country,
      countries: [...new Set(offered.map((one) => one.country))],
      found: matching.filter((one) => country === '' || one.country === country),
    });
  }

  private managed(context: PageContext): string {
    const connections = this.manage.connectionsOf(context.session).map((connection) => ({
      connection,
      connector: this.connectors.get(connection.idConnector),
    }));
    return managePage({ ...context, connections });
  }

  private more(context: PageContext): string {
    const connections = context.session.made.map((id) => this.connections.byId(id));
    return morePage({
      ...context,
      names: connections.map((one) => (one === undefined ? '' : this.connectors.get(one.idConnector).name)),
      mayAddAnother: this.steps.mayAddAnother(context.session),
    });
  }
}
