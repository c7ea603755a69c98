import { Injectable } from '@nestjs/common';
import { AccountsService } from '../../connections/accounts.service.js';
import { webauthSource } from '../../connectors/connector.js';
import type { Connector } from '../../connectors/connector.js';
import { ConnectorsService } from '../../connectors/connectors.service.js';
import { ConnectionsService } from '../../connections/connections.service.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import { TEST_CREDENTIALS } from '../../sandbox.credentials.js';
import type { AccountRecord, ConnectionRecord, SubscriptionRecord, UserRecord } from '../../store/records.js';
import type { WebviewSessionRecord } from '../../store/webview-session.record.js';
import { UsersService } from '../../auth/users.service.js';
import { WebviewSessions } from '../sessions/webview-sessions.service.js';

/** What a connection offers to consent to. */
export interface Consentable {
  accounts: AccountRecord[];
  subscriptions: SubscriptionRecord[];
}

/** Moves a webview session from page to page. Each method is what one form of a page does. */
@Injectable()
export class ConnectSteps {
  constructor(
    private readonly accounts: AccountsService,
    private readonly connections: ConnectionsService,
    private readonly connectors: ConnectorsService,
    private readonly sessions: WebviewSessions,
    private readonly users: UsersService,
  ) {}

  /** The terms were accepted. */
  acceptTerms(session: WebviewSessionRecord): WebviewSessionRecord {
    return this.pickOrSkip(session);
  }

  /** A bank was picked. */
  pick(session: WebviewSessionRecord, name: string): WebviewSessionRecord {
    const connector = this.connectors.named(name);
    if (connector === undefined || !this.connectors.offered(session.filters).includes(connector)) {
      throw invalidValue('connector', 'this webview does not offer it');
    }
    const step = connector.authMechanism === 'webauth' ? 'bank' : 'login';
    return this.sessions.change(session, { idConnector: connector.id, step, problem: null });
  }

  /** Back to the list of banks. */
  pickAnother(session: WebviewSessionRecord): WebviewSessionRecord {
    return this.sessions.change(session, { idConnector: null, step: 'picker', problem: null });
  }

  /** Login and password were sent. */
  logIn(session: WebviewSessionRecord, login: string, password: string): WebviewSessionRecord {
    if (login !== TEST_CREDENTIALS.login || password !== TEST_CREDENTIALS.password) {
      return this.sessions.change(session, { problem: 'wrongCredentials' });
    }
    const { challenge } = this.connectorOf(session);
    if (challenge !== 'none') {
      return this.sessions.change(session, { step: challenge, problem: null });
    }
    return this.authenticated(session);
  }

  /** A one-time code was sent. */
  sendOtp(session: WebviewSessionRecord, otp: string): WebviewSessionRecord {
    if (otp.trim() !== TEST_CREDENTIALS.otp) {
      return this.sessions.change(session, { problem: 'wrongOtp' });
    }
    return this.authenticated(session);
  }

  /** The bank knows the person: by credentials, by its own page, or by its application. */
  authenticated(session: WebviewSessionRecord): WebviewSessionRecord {
    if (session.idConnection !== null) {
      return this.repaired(session);
    }
    const user = this.userOf(session);
    const connector = this.connectorOf(session);
    const source = session.flow === 'webauth' ? webauthSource(connector) : undefined;
    const connection = this.connections.create(user, connector, null, source);
    if (session.flow === 'webauth') {
      this.connections.announce(connection);
    }
    return this.sessions.change(session, {
      idUser: user.id,
      idConnection: connection.id,
      // Without a webview around it the bank's site asks for no consent to accounts: the API will.
      step: session.flow === 'webauth' ? 'finished' : 'accounts',
      problem: null,
    });
  }

  /** What the person may consent to on the accounts page, after the filters of the URL. */
  consentable(session: WebviewSessionRecord): Consentable {
    const connection = this.connectionOf(session);
    const { accountTypes, accountUsages, accountIbans } = session.filters;
    const isAsked = (wanted: string[], value: string | null): boolean =>
      wanted.length === 0 || (value !== null && wanted.includes(value));
    return {
      accounts: this.accounts
        .accountsOf([connection], true)
        .filter((one) => isAsked(accountTypes, one.type) && isAsked(accountUsages, one.usage))
        .filter((one) => isAsked(accountIbans, one.iban)),
      subscriptions: this.accounts.subscriptionsOf([connection], true),
    };
  }

  /** Accounts and contracts were chosen: that is the consent. */
  consent(
    session: WebviewSessionRecord,
    chosen: { accounts: number[]; subscriptions: number[] },
  ): WebviewSessionRecord {
    const { accounts, subscriptions } = this.consentable(session);
    const enabledAccounts = accounts.filter((one) => chosen.accounts.includes(one.id));
    const enabledSubscriptions = subscriptions.filter((one) => chosen.subscriptions.includes(one.id));
    if (
      enabledAccounts.length + enabledSubscriptions.length === 0 &&
      accounts.length + subscriptions.length > 0
    ) {
      return this.sessions.change(session, { problem: 'nothingChosen' });
    }
    enabledAccounts.forEach((one) => this.accounts.setAccountEnabled(one, true));
    enabledSubscriptions.forEach((one) => this.accounts.setSubscriptionEnabled(one, true));
    this.connections.announce(this.connectionOf(session));
    const isLast = session.flow === 'connect' && (session.maxConnections ?? 1) <= 1;
    return this.sessions.change(session, {
      made: [...session.made, this.connectionOf(session).id],
      idConnection: null,
      idConnector: null,
      step: session.flow === 'manage' ? 'manage' : isLast ? 'finished' : 'more',
      problem: null,
    });
  }

  /** True when the person may still add a connection in this session. */
  mayAddAnother(session: WebviewSessionRecord): boolean {
    return session.made.length < (session.maxConnections ?? 1);
  }

  /** One more bank. */
  addAnother(session: WebviewSessionRecord): WebviewSessionRecord {
    return this.mayAddAnother(session) ? this.pickOrSkip(session) : session;
  }

  /** The connector in hand. */
  connectorOf(session: WebviewSessionRecord): Connector {
    return this.connectors.get(session.idConnector ?? -1);
  }

  /** The connection in hand. */
  connectionOf(session: WebviewSessionRecord): ConnectionRecord {
    const connection = this.connections.byId(session.idConnection ?? -1);
    if (connection === undefined) {
      throw invalidValue('connection', 'it was deleted');
    }
    return connection;
  }

  private repaired(session: WebviewSessionRecord): WebviewSessionRecord {
    this.connections.complete(this.connectionOf(session));
    return session.flow === 'manage'
      ? this.sessions.change(session, {
          step: 'manage',
          idConnection: null,
          idConnector: null,
          problem: null,
        })
      : this.sessions.change(session, { step: 'finished', problem: null });
  }

  /** A session that offers a single connector shows no list. */
  private pickOrSkip(session: WebviewSessionRecord): WebviewSessionRecord {
    const [only, ...others] = this.connectors.offered(session.filters);
    if (only !== undefined && others.length === 0) {
      return this.pick(session, only.uuid);
    }
    return this.pickAnother(session);
  }

  /** The user of the code, or the anonymous one this session makes when it first needs one. */
  private userOf(session: WebviewSessionRecord): UserRecord {
    if (session.idUser === null) {
      return this.users.create(session.domain, true);
    }
    const user = this.users.find(session.idUser);
    if (user === undefined) {
      throw invalidValue('code', 'its user was deleted');
    }
    return user;
  }
}
