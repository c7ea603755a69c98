import { Injectable } from '@nestjs/common';
import { ConnectorsService } from '../connectors/connectors.service.js';
import { TEST_CREDENTIALS } from '../sandbox.credentials.js';
import type { WebviewSessionRecord } from '../store/webview-session.record.js';
import { ConnectSteps } from './connect-steps.service.js';
import { WebviewEnding } from './webview-ending.service.js';
import { refusal } from './webview-refusal.js';
import { WebviewSessions } from './webview-sessions.service.js';

/** What a driven person does. */
export interface DrivenVisit {
  url: string;
  /** `success`, `abandon`, or any error word. */
  outcome: string;
  connectorUuid?: string;
  /** How many connections to make, as far as the webview allows it. */
  connections: number;
}

/** Does on a webview what a person would do there, through the very steps of the pages. */
@Injectable()
export class WebviewDriver {
  constructor(
    private readonly connectors: ConnectorsService,
    private readonly ending: WebviewEnding,
    private readonly sessions: WebviewSessions,
    private readonly steps: ConnectSteps,
  ) {}

  /** Walks through the webview; answers the callback URL, or null when the person just closed the tab. */
  visit(visit: DrivenVisit): string | null {
    const session = this.sessions.open(visit.url);
    switch (visit.outcome) {
      case 'abandon':
        return null;
      case 'success':
        return this.succeed(session, visit);
      default:
        return this.ending.fail(session, visit.outcome);
    }
  }

  private succeed(session: WebviewSessionRecord, visit: DrivenVisit): string {
    let current = session;
    if (session.flow === 'connect') {
      current = this.steps.acceptTerms(current);
      const wanted = Math.max(1, visit.connections);
      do {
        current = this.connectOne(current, visit.connectorUuid);
      } while (current.made.length < wanted && this.steps.mayAddAnother(current));
    }
    return this.ending.succeed(current);
  }

  private connectOne(session: WebviewSessionRecord, connectorUuid: string | undefined): WebviewSessionRecord {
    const picked = this.steps.pick(session, connectorUuid ?? this.anyConnector(session));
    const authenticated = this.authenticate(picked);
    const { accounts, subscriptions } = this.steps.consentable(authenticated);
    return this.steps.consent(authenticated, {
      accounts: accounts.map((one) => one.id),
      subscriptions: subscriptions.map((one) => one.id),
    });
  }

  private authenticate(session: WebviewSessionRecord): WebviewSessionRecord {
    switch (session.step) {
      case 'login':
        return this.authenticate(
          this.steps.logIn(session, TEST_CREDENTIALS.login, TEST_CREDENTIALS.password),
        );
      case 'otp':
        return this.steps.sendOtp(session, TEST_CREDENTIALS.otp);
      case 'bank':
      case 'decoupled':
        return this.steps.authenticated(session);
      default:
        return session;
    }
  }

  private anyConnector(session: WebviewSessionRecord): string {
    const [first] = this.connectors.offered(session.filters);
    if (first === undefined) {
      throw refusal('invalidValue', 'No connector matches the parameters of this webview');
    }
    return first.uuid;
  }
}
