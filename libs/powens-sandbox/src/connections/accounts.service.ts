import { Injectable } from '@nestjs/common';
import type { Connector } from '../connectors/connector.js';
import type { AccountRecord, ConnectionRecord, SourceRecord, SubscriptionRecord } from '../store/records.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { WebhookEvents } from '../webhooks/emission/webhook-events.service.js';
import { accountFor, subscriptionFor } from '../bank-data/account-factory.js';

/** What a person may change of an account. */
export type AccountSettings = Partial<Pick<AccountRecord, 'customName' | 'display' | 'usage' | 'bookmarked'>>;

/**
 * Bank accounts and subscriptions of a connection: discovered disabled, enabled by the person's consent.
 *
 * @see protocol notes, section 5.8
 */
@Injectable()
export class AccountsService {
  constructor(
    private readonly store: SandboxStore,
    private readonly events: WebhookEvents,
  ) {}

  /** What a first synchronisation finds; all of it disabled. */
  discover(connection: ConnectionRecord, source: SourceRecord, connector: Connector): void {
    connector.accounts.forEach((template, rank) => {
      const id = this.store.nextId('account');
      const account = accountFor(template, { id, rank, connection, source, connector });
      this.events.accountFound(this.store.accounts.put(account));
    });
    connector.subscriptions.forEach((template, rank) => {
      const id = this.store.nextId('subscription');
      this.store.subscriptions.put(subscriptionFor(template, { id, rank, connection, source }));
    });
  }

  /** The accounts of these connections; disabled ones only when asked for. */
  accountsOf(connections: readonly ConnectionRecord[], withDisabled: boolean): AccountRecord[] {
    const all = connections.flatMap((connection) => this.store.accounts.ownedBy(connection.id));
    return withDisabled ? all : all.filter((account) => account.disabledAt === null);
  }

  /** The subscriptions of these connections; disabled ones only when asked for. */
  subscriptionsOf(connections: readonly ConnectionRecord[], withDisabled: boolean): SubscriptionRecord[] {
    const all = connections.flatMap((connection) => this.store.subscriptions.ownedBy(connection.id));
    return withDisabled ? all : all.filter((subscription) => subscription.disabledAt === null);
  }

  /** Changes how the person sees an account. */
  describe(account: AccountRecord, settings: AccountSettings): AccountRecord {
    return Object.keys(settings).length === 0
      ? account
      : this.store.accounts.put({ ...account, ...settings });
  }

  /** Gives or takes back the consent to an account. */
  setAccountEnabled(account: AccountRecord, isEnabled: boolean): AccountRecord {
    if ((account.disabledAt === null) === isEnabled) {
      return account;
    }
    const disabledAt = isEnabled ? null : this.store.clock.now();
    const changed = this.store.accounts.put({ ...account, disabledAt });
    this.events.accountConsentChanged(changed);
    return changed;
  }

  /** Gives or takes back the consent to a subscription. */
  setSubscriptionEnabled(subscription: SubscriptionRecord, isEnabled: boolean): SubscriptionRecord {
    return this.store.subscriptions.put({
      ...subscription,
      disabledAt: isEnabled ? null : this.store.clock.now(),
    });
  }
}
