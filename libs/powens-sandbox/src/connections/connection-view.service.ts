import { Injectable } from '@nestjs/common';
import { accountObject } from '../bank-data/account-object.js';
import { subscriptionToWire } from '../wire/document.wire.js';
import { AccountsService } from './accounts.service.js';
import { transactionsOf } from '../bank-data/transaction-factory.js';
import { connectorToWire } from '../wire/connector.wire.js';
import { ConnectorsService } from '../connectors/connectors.service.js';
import type { Expansion } from '../http/expand.js';
import type { ConnectionRecord } from '../store/records.js';
import { connectionToWire, sourceToWire } from '../wire/connection.wire.js';
import type { ConnectionWire } from '../wire/connection.wire.js';
import { ConnectionsService } from './connections.service.js';

/**
 * Writes connections with what `expand` asks for.
 *
 * @see protocol notes, section 5.2, "Expands"
 */
@Injectable()
export class ConnectionView {
  constructor(
    private readonly accounts: AccountsService,
    private readonly connections: ConnectionsService,
    private readonly connectors: ConnectorsService,
  ) {}

  /** One connection for the wire. */
  show(connection: ConnectionRecord, expand?: Expansion): ConnectionWire {
    const connector = this.connectors.get(connection.idConnector);
    const wire = connectionToWire(connection, connector);
    for (const [name, inside] of expand ?? []) {
      const value = this.expanded(connection, name, inside);
      if (value !== undefined) {
        wire[name] = value;
      }
    }
    return wire;
  }

  private expanded(connection: ConnectionRecord, name: string, inside: Expansion): unknown {
    switch (name) {
      case 'connector':
        return connectorToWire(this.connectors.get(connection.idConnector), inside);
      case 'sources':
        return this.connections.sourcesOf(connection).map(sourceToWire);
      case 'accounts':
      case 'all_accounts':
        return this.accountsIn(connection, name === 'all_accounts', inside);
      case 'subscriptions':
      case 'all_subscriptions':
        return this.accounts
          .subscriptionsOf([connection], name === 'all_subscriptions')
          .map((one) => subscriptionToWire(one, connection.lastUpdate));
      default:
        return undefined;
    }
  }

  private accountsIn(connection: ConnectionRecord, withDisabled: boolean, inside: Expansion): unknown[] {
    return this.accounts.accountsOf([connection], withDisabled).map((account) => ({
      ...accountObject(account, connection.lastUpdate),
      ...(inside.has('transactions') ? { transactions: transactionsOf(account, connection.lastUpdate) } : {}),
    }));
  }
}
