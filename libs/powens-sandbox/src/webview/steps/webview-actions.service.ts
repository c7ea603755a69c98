import { Injectable } from '@nestjs/common';
import { Fields } from '../../http/fields.js';
import { TEST_CREDENTIALS } from '../../sandbox.credentials.js';
import type { WebviewSessionRecord, WebviewStep } from '../../store/webview-session.record.js';
import { ConnectSteps } from './connect-steps.service.js';
import { ManageSteps } from './manage-steps.service.js';
import { WebviewEnding } from './webview-ending.service.js';
import { WebviewSessions } from '../sessions/webview-sessions.service.js';

/** Where a form leads: on in the session, or out of the webview to a callback URL. */
export type Outcome = WebviewSessionRecord | string;

interface Action {
  /** The pages that carry this form; sent from elsewhere (a back button, a double click) it does nothing. */
  steps: readonly WebviewStep[];
  run(session: WebviewSessionRecord, body: Fields): Outcome;
}

/** The forms of the webview pages, by the last segment of the address they are sent to. */
@Injectable()
export class WebviewActions {
  private readonly actions: ReadonlyMap<string, Action>;

  constructor(
    private readonly ending: WebviewEnding,
    private readonly manage: ManageSteps,
    private readonly sessions: WebviewSessions,
    private readonly steps: ConnectSteps,
  ) {
    this.actions = this.table();
  }

  /** Does what a form asks. */
  perform(session: WebviewSessionRecord, name: string, body: Fields): Outcome {
    if (name === 'cancel') {
      return session.flow === 'manage'
        ? this.manage.backToList(session)
        : this.ending.fail(session, 'access_denied');
    }
    const action = this.actions.get(name);
    const outcome = action?.steps.includes(session.step) === true ? action.run(session, body) : session;
    const isFinished = typeof outcome !== 'string' && outcome.step === 'finished';
    return isFinished ? this.ending.succeed(outcome) : outcome;
  }

  private table(): ReadonlyMap<string, Action> {
    const { steps, ending, manage } = this;
    return new Map<string, Action>([
      ['accept', { steps: ['terms'], run: (session) => steps.acceptTerms(session) }],
      ['decline', { steps: ['terms'], run: (session) => ending.fail(session, 'tos_declined') }],
      [
        'pick',
        { steps: ['picker'], run: (session, body) => steps.pick(session, body.required('connector')) },
      ],
      ['back', { steps: ['login', 'bank'], run: (session) => steps.pickAnother(session) }],
      ['login', { steps: ['login'], run: (session, body) => this.logIn(session, body) }],
      ['bank', { steps: ['bank'], run: (session, body) => this.decideAtBank(session, body) }],
      ['otp', { steps: ['otp'], run: (session, body) => steps.sendOtp(session, body.text('otp') ?? '') }],
      ['confirm', { steps: ['decoupled'], run: (session) => steps.authenticated(session) }],
      ['consent', { steps: ['accounts'], run: (session, body) => this.consent(session, body) }],
      ['another', { steps: ['more'], run: (session) => steps.addAnother(session) }],
      ['add', { steps: ['manage'], run: (session) => steps.acceptTerms(session) }],
      [
        'repair',
        { steps: ['manage'], run: (session, body) => manage.repair(session, body.required('connection')) },
      ],
      [
        'remove',
        { steps: ['manage'], run: (session, body) => manage.remove(session, body.required('connection')) },
      ],
      ['close', { steps: ['manage'], run: (session) => ending.succeed(session) }],
      ['finish', { steps: ['more', 'picker'], run: (session) => this.finish(session) }],
    ]);
  }

  private logIn(session: WebviewSessionRecord, body: Fields): WebviewSessionRecord {
    return this.steps.logIn(session, body.text('login') ?? '', body.text('password') ?? '');
  }

  private decideAtBank(session: WebviewSessionRecord, body: Fields): Outcome {
    if (body.text('decision') !== 'approve') {
      return session.flow === 'webauth'
        ? this.ending.fail(session, 'access_denied')
        : this.sessions.change(session, { problem: 'bankRefused' });
    }
    const isRight =
      body.text('login') === TEST_CREDENTIALS.login && body.text('password') === TEST_CREDENTIALS.password;
    return isRight
      ? this.steps.authenticated(session)
      : this.sessions.change(session, { problem: 'wrongCredentials' });
  }

  private consent(session: WebviewSessionRecord, body: Fields): WebviewSessionRecord {
    return this.steps.consent(session, {
      accounts: numbersOf(body.raw('account')),
      subscriptions: numbersOf(body.raw('subscription')),
    });
  }

  private finish(session: WebviewSessionRecord): Outcome {
    return session.made.length === 0 ? session : this.ending.succeed(session);
  }
}

/** Checkboxes of one name come as one value or as a list. */
function numbersOf(sent: unknown): number[] {
  return [sent].flat().map(Number);
}
