import { isBank } from '../connectors/connector.js';
import type { Connector } from '../connectors/connector.js';
import { powensDateTime, powensDateTimeOrNull } from '../http/powens-date-time.js';
import type { ConnectionRecord, SourceRecord } from '../store/records.js';

/**
 * A connection as the provider writes it, with whatever `expand` added.
 *
 * @see protocol notes, section 5.2 and 12.4
 */
export interface ConnectionWire {
  [expanded: string]: unknown;
  id: number;
  state: string | null;
}

/** Writes a connection for the wire. */
export function connectionToWire(connection: ConnectionRecord, connector: Connector): ConnectionWire {
  const isBankConnector = isBank(connector);
  return {
    id: connection.id,
    id_user: connection.idUser,
    id_connector: connector.id,
    id_provider: isBankConnector ? null : connector.id,
    id_bank: isBankConnector ? connector.id : null,
    connector_uuid: connector.uuid,
    state: connection.state,
    error: connection.state,
    error_message: connection.errorMessage,
    fields: connection.fields,
    last_update: powensDateTimeOrNull(connection.lastUpdate),
    created: powensDateTime(connection.createdAt),
    active: connection.active,
    last_push: powensDateTimeOrNull(connection.lastPush),
    expire: powensDateTimeOrNull(connection.expire),
    next_try: powensDateTimeOrNull(connection.nextTry),
  };
}

/** Writes a source of a connection for the wire. */
export function sourceToWire(source: SourceRecord): Record<string, unknown> {
  return {
    id: source.id,
    id_connection: source.idConnection,
    id_connector_source: source.idConnectorSource,
    name: source.name,
    last_update: powensDateTimeOrNull(source.lastUpdate),
    disabled: powensDateTimeOrNull(source.disabledAt),
    created: powensDateTime(source.createdAt),
    state: source.state,
    access_expire: powensDateTimeOrNull(source.accessExpire),
    expire: powensDateTimeOrNull(source.expire),
    next_try: powensDateTimeOrNull(source.nextTry),
  };
}
