import { Injectable } from '@nestjs/common';
import { webauthSource } from '../../connectors/connector.js';
import { ConnectorsService } from '../../connectors/connectors.service.js';
import { ConnectionsService } from '../../connections/connections.service.js';
import { Fields } from '../../http/fields.js';
import {
  SandboxApiError,
  invalidValue,
  missingParameter,
  restrictedConnector,
} from '../../http/sandbox-api.error.js';
import type { ConnectionRecord, UserRecord } from '../../store/records.js';
import { WebviewSessions } from '../sessions/webview-sessions.service.js';

/** Opens the pretended site of a bank for a user, to make a connection or to repair one. */
@Injectable()
export class WebauthSessions {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly connectors: ConnectorsService,
    private readonly sessions: WebviewSessions,
  ) {}

  /** The path of the bank's page. */
  open(user: UserRecord, url: string): string {
    const search = url.slice(url.indexOf('?') + 1);
    const query = new Fields(Object.fromEntries(new URLSearchParams(search)));
    const connection = this.connectionToRepair(user, query);
    const session = this.sessions.openWebauth({
      user,
      search,
      clientId: query.required('client_id'),
      redirectUri: query.required('redirect_uri'),
      idConnector: connection?.idConnector ?? this.connectorOf(query),
      idConnection: connection?.id ?? null,
    });
    return `/webview/${session.id}/bank`;
  }

  /** A connection that is fine has nothing to repair: 409, with a code that elsewhere means 400. */
  private connectionToRepair(user: UserRecord, query: Fields): ConnectionRecord | undefined {
    const id = query.text('id_connection');
    if (id === undefined) {
      return undefined;
    }
    const connection = this.connections.find(user, id);
    if (connection.state === null) {
      const why = 'The connection is already up to date and has a valid token';
      throw new SandboxApiError(409, 'invalidValue', why);
    }
    return connection;
  }

  private connectorOf(query: Fields): number {
    const named = query.text('connector_uuid') ?? query.text('id_connector');
    if (named === undefined) {
      throw missingParameter('id_connector');
    }
    const connector = this.connectors.named(named);
    const source = connector === undefined ? undefined : webauthSource(connector);
    if (connector === undefined || source === undefined) {
      throw invalidValue('id_connector', 'this connector has no site to log in on');
    }
    if (connector.restricted) {
      throw restrictedConnector();
    }
    if ((query.text('source') ?? source.name) !== source.name) {
      throw invalidValue('source', 'this connector has no source of that name with a site to log in on');
    }
    return connector.id;
  }
}
