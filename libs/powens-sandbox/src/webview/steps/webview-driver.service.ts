import { Injectable } from '@nestjs/common';
import { ConnectorsService } from '../../connectors/connectors.service.js';
import { TEST_CREDENTIALS } from '../../sandbox.credentials.js';
import type { WebviewSessionRecord } from '../../store/webview-session.record.js';
import { ConnectSteps } from './connect-steps.service.js';
import { ManageSteps } from './manage-steps.service.js';
import { WebviewEnding } from './webview-ending.service.js';
import { refusal } from '../url/webview-refusal.js';
import { WebviewSessions } from '../sessions/webview-sessions.service.js';

/** What a driven person does. */
export interface DrivenVisit {
  url: string;
  /** `success`, `abandon`, or any error word. */
  outcome: string;
  connectorUuid?: string;
  /** How many connections to make, as far as the webview allows it; 1 for `connect`, 0 for `manage`. */
  connections?: number;
  /** Of `manage`: what to delete and to repair. */
  deleteConnection?: string;
  repairConnection?: string;
}

/** Does on a webview what a person would do there, through the very steps of the pages. */
@Injectable()
export class WebviewDriver {
  constructor(
    private readonly connectors: ConnectorsService,
    private readonly ending: WebviewEnding,
    private readonly manage: ManageSteps,
    private readonly sessions: WebviewSessions,
    private readonly steps: ConnectSteps,
  ) {}

  /** Walks through the webview; answers the callback URL, or null when the person just closed the tab. */
  visit(visit: DrivenVisit): string | null {
    const session = this.sessions.open(visit.url);
    const location = this.walk(session, visit);
    this.sessions.forget(session);
    return location;
  }

  private walk(session: WebviewSessionRecord, visit: DrivenVisit): string | null {
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
    switch (session.flow) {
      case 'connect':
        return this.ending.succeed(this.connectSeveral(session, visit));
      case 'manage':
        return this.ending.succeed(this.manageAll(session, visit));
      case 'reconnect':
      case 'webauth':
        return this.ending.succeed(this.authenticate(session));
    }
  }

  private connectSeveral(session: WebviewSessionRecord, visit: DrivenVisit): WebviewSessionRecord {
    let current = this.steps.acceptTerms(session);
    const wanted = Math.max(1, visit.connections ?? 1);
    do {
      current = this.connectOne(current, visit.connectorUuid);
    } while (current.made.length < wanted && this.steps.mayAddAnother(current));
    return current;
  }

  private manageAll(session: WebviewSessionRecord, visit: DrivenVisit): WebviewSessionRecord {
    let current = session;
    if (visit.repairConnection !== undefined) {
      current = this.authenticate(this.manage.repair(current, visit.repairConnection));
    }
    if (visit.deleteConnection !== undefined) {
      current = this.manage.remove(current, visit.deleteConnection);
    }
    const wanted = visit.connections ?? (visit.connectorUuid === undefined ? 0 : 1);
    for (let made = 0; made < wanted; made += 1) {
      current = this.connectOne(current, visit.connectorUuid);
    }
    return current;
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
