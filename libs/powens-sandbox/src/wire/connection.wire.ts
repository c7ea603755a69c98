import { isBank } from '../connectors/connector.js';
import type { Connector } from '../connectors/connector.js';
import { powensDateTime, powensDateTimeOrNull } from '../http/powens-date-time.js';
import type { ConnectionRecord, SourceRecord } from '../store/records.js';
import { ACCOUNT } from './bank/account.wire.js';
import { CONNECTOR, CONNECTOR_FIELD } from './connector.wire.js';
import { SUBSCRIPTION } from './document.wire.js';
import {
  boolean,
  dateTime,
  docs,
  integer,
  many,
  one,
  orNull,
  resource,
  sure,
  text,
  unsimulated,
  write,
} from './table/field.js';
import type { WireOf } from './table/field.js';

const PAGE = docs('user-connections/connections');

/** One way in which a connection gets its data. */
export const CONNECTION_SOURCE = resource(
  'ConnectionSource',
  { source: `${PAGE}#connectionsource-object`, confidence: 'A' },
  {
    id: integer,
    id_connection: integer,
    id_connector_source: integer,
    name: text,
    last_update: orNull(dateTime),
    disabled: orNull(dateTime),
    created: dateTime,
    state: orNull(text),
    access_expire: orNull(dateTime),
    expire: unsimulated(orNull(dateTime)),
    next_try: orNull(dateTime),
  },
);

/** The link between a user and a connector. */
export const CONNECTION = resource(
  'Connection',
  { source: `${PAGE}#connection-object`, confidence: 'A' },
  {
    id: integer,
    id_user: orNull(integer),
    id_connector: integer,
    id_provider: sure('B', orNull(integer)),
    id_bank: sure('B', orNull(integer)),
    connector_uuid: text,
    state: orNull(text),
    error: orNull(text),
    error_message: orNull(text),
    fields: orNull(many(CONNECTOR_FIELD)),
    last_update: orNull(dateTime),
    created: orNull(dateTime),
    active: boolean,
    last_push: orNull(dateTime),
    expire: orNull(dateTime),
    next_try: orNull(dateTime),
  },
  {
    connector: one(CONNECTOR),
    sources: many(CONNECTION_SOURCE),
    accounts: many(ACCOUNT),
    all_accounts: many(ACCOUNT),
    subscriptions: many(SUBSCRIPTION),
    all_subscriptions: many(SUBSCRIPTION),
  },
);

/** A connection as the provider writes it, with whatever `expand` added. */
export type ConnectionWire = WireOf<(typeof CONNECTION)['fields']> & Record<string, unknown>;

/** A source of a connection as the provider writes it. */
export type ConnectionSourceWire = WireOf<(typeof CONNECTION_SOURCE)['fields']>;

/** Writes a connection for the wire. */
export function connectionToWire(connection: ConnectionRecord, connector: Connector): ConnectionWire {
  const isBankConnector = isBank(connector);
  return write(CONNECTION, {
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
  });
}

/** Writes a source of a connection for the wire. */
export function sourceToWire(source: SourceRecord): ConnectionSourceWire {
  return write(CONNECTION_SOURCE, {
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
  });
}
