import { Injectable } from '@nestjs/common';
import { TokensService } from '../../auth/tokens.service.js';
import { ManageSteps } from './manage-steps.service.js';
import { refusal } from '../url/webview-refusal.js';
import type { WebviewSessionRecord } from '../../store/webview-session.record.js';
import { UsersService } from '../../auth/users.service.js';
import { callbackUrl, errorParameters } from '../url/webview-callback.js';
import type { CallbackParameters } from '../url/webview-callback.js';
import { WebviewSessions } from '../sessions/webview-sessions.service.js';

/**
 * Ends a webview session: says where the browser goes, with the documented parameters only.
 *
 * @see protocol notes, section 3.3
 */
@Injectable()
export class WebviewEnding {
  constructor(
    private readonly manage: ManageSteps,
    private readonly sessions: WebviewSessions,
    private readonly tokens: TokensService,
    private readonly users: UsersService,
  ) {}

  /** Everything went well. */
  succeed(session: WebviewSessionRecord): string {
    return this.end(session, this.successParameters(session));
  }

  /** Something did not, or the person left; an unfinished connection is undone. */
  fail(session: WebviewSessionRecord, error: string): string {
    if (session.location !== null) {
      return session.location;
    }
    this.manage.undoUnfinished(session);
    return this.end(session, errorParameters(error));
  }

  private end(session: WebviewSessionRecord, parameters: CallbackParameters): string {
    // A form sent twice ends where the first one did: a second code would be one too many.
    if (session.location !== null) {
      return session.location;
    }
    if (session.redirectUri === null) {
      throw refusal(
        'missingParameter',
        'This webview was opened without a redirect_uri: it can be closed',
        200,
      );
    }
    const location = callbackUrl(session.redirectUri, parameters, session.rawState);
    this.sessions.change(session, { step: 'done', location, problem: null });
    return location;
  }

  private successParameters(session: WebviewSessionRecord): CallbackParameters {
    switch (session.flow) {
      case 'connect':
        return this.connectParameters(session);
      case 'manage':
        return session.removed === null ? {} : { connection_id: session.removed, connection_deleted: true };
      case 'webauth':
        return session.idConnection === null ? {} : { id_connection: session.idConnection };
      case 'reconnect':
        return {};
    }
  }

  private connectParameters(session: WebviewSessionRecord): CallbackParameters {
    const [first] = session.made;
    if (first === undefined) {
      return {};
    }
    const several = (session.maxConnections ?? 1) > 1 ? { connection_ids: session.made } : {};
    return { connection_id: first, ...several, ...this.codeParameter(session) };
  }

  /** Only a webview opened without a code returns one. */
  private codeParameter(session: WebviewSessionRecord): { code: string } | Record<string, never> {
    const user =
      session.code !== null || session.idUser === null ? undefined : this.users.find(session.idUser);
    if (user === undefined || session.redirectUri === null) {
      return {};
    }
    const audience = { clientId: session.clientId, redirectUri: session.redirectUri };
    return { code: this.tokens.issueCode('webview', user, audience).code };
  }
}
