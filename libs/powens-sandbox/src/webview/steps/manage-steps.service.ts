import { Injectable } from '@nestjs/common';
import { ConnectorsService } from '../../connectors/connectors.service.js';
import { ConnectionsService } from '../../connections/connections.service.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import type { ConnectionRecord, UserRecord } from '../../store/records.js';
import type { WebviewSessionRecord } from '../../store/webview-session.record.js';
import { UsersService } from '../../auth/users.service.js';
import { firstRepairStep } from '../sessions/repair-step.js';
import { WebviewSessions } from '../sessions/webview-sessions.service.js';

/**
 * What a person does with connections that exist: repair, delete.
 *
 * @see protocol notes, section 3.2 and 3.3
 */
@Injectable()
export class ManageSteps {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly connectors: ConnectorsService,
    private readonly sessions: WebviewSessions,
    private readonly users: UsersService,
  ) {}

  /** The connections of the person, the one the URL named first. */
  connectionsOf(session: WebviewSessionRecord): ConnectionRecord[] {
    const all = this.connections.of(this.userOf(session));
    return all.sort((one, other) => Number(other.id === session.focus) - Number(one.id === session.focus));
  }

  /** Starts to repair a connection. */
  repair(session: WebviewSessionRecord, id: string): WebviewSessionRecord {
    const connection = this.connections.find(this.userOf(session), id);
    const connector = this.connectors.get(connection.idConnector);
    const { state } = connection;
    return this.sessions.change(session, {
      idConnection: connection.id,
      idConnector: connector.id,
      step: firstRepairStep({ connector, state, resetCredentials: false }),
      problem: null,
    });
  }

  /** Deletes a connection. */
  remove(session: WebviewSessionRecord, id: string): WebviewSessionRecord {
    const connection = this.connections.find(this.userOf(session), id);
    this.connections.remove(connection);
    return this.sessions.change(session, { removed: connection.id, problem: null });
  }

  /** Back to the list; what was left half done is undone. */
  backToList(session: WebviewSessionRecord): WebviewSessionRecord {
    this.undoUnfinished(session);
    return this.sessions.change(session, {
      step: 'manage',
      idConnection: null,
      idConnector: null,
      problem: null,
    });
  }

  /** A new connection whose accounts were not consented to yet is taken away again. */
  undoUnfinished(session: WebviewSessionRecord): void {
    const connection =
      session.step === 'accounts' ? this.connections.byId(session.idConnection ?? -1) : undefined;
    if (connection !== undefined) {
      this.connections.remove(connection);
    }
  }

  private userOf(session: WebviewSessionRecord): UserRecord {
    const user = this.users.find(session.idUser ?? -1);
    if (user === undefined) {
      throw invalidValue('code', 'its user was deleted');
    }
    return user;
  }
}
