import { Injectable } from '@nestjs/common';
import { transactionsOf } from '../../bank-data/transaction-factory.js';
import { missingParameter, notFound } from '../../http/sandbox-api.error.js';
import type { AccountRecord, ConnectionRecord, SubscriptionRecord, UserRecord } from '../../store/records.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import type { TransactionFill, WebhookMessage } from '../../store/webhook.records.js';
import { SyncEvents } from '../../webhooks/emission/sync-events.service.js';
import { sealed } from '../../webhooks/emission/webhook-events.service.js';
import { providerJson } from '../../webhooks/payloads/provider-json.js';
import { newTransactions } from '../../webhooks/payloads/transaction-filler.js';
import {
  WebhookPayloads,
  accountCategorized,
  accountConsent,
  accountFound,
  accountSynced,
  attachmentsFound,
  subscriptionFound,
  subscriptionSynced,
} from '../../webhooks/payloads/webhook-payloads.service.js';
import type { WebhookPayload } from '../../webhooks/payloads/webhook-payloads.service.js';
import type { WebhookDeliveryRequest } from './webhook-delivery.request.js';

/** No row has this id. */
const NONE = -1;

/** Writes the message of an event that is fired by hand, whether anything happened or not. */
@Injectable()
export class WebhookComposer {
  constructor(
    private readonly store: SandboxStore,
    private readonly payloads: WebhookPayloads,
    private readonly syncs: SyncEvents,
  ) {}

  /** The message that was asked for. */
  compose(asked: WebhookDeliveryRequest): WebhookMessage {
    const { event, raw, body } = asked;
    const subject = this.subjectOf(asked);
    if (raw !== undefined) {
      return { ...subject, event, text: raw, fills: [], isVerbatim: true };
    }
    const isMade = subject.idUser !== null || asked.idConnection !== undefined;
    if (body === undefined) {
      return sealed(event, subject, this.payload(asked));
    }
    const whole = isMade ? { ...filled(this.payload(asked)), ...body } : body;
    const isVerbatim = 'id_webhook_data' in body;
    return { ...subject, event, text: providerJson(whole), fills: [], isVerbatim };
  }

  private subjectOf(asked: WebhookDeliveryRequest): Pick<WebhookMessage, 'idUser' | 'idConnection'> {
    const idConnection = asked.idConnection ?? this.ownerOf(asked);
    const owner = this.store.connections.get(idConnection ?? NONE)?.idUser;
    return { idUser: asked.idUser ?? owner ?? null, idConnection: idConnection ?? null };
  }

  private ownerOf({ idAccount = NONE, idSubscription = NONE }: WebhookDeliveryRequest): number | undefined {
    const part = this.store.accounts.get(idAccount) ?? this.store.subscriptions.get(idSubscription);
    return part?.idConnection;
  }

  private payload(asked: WebhookDeliveryRequest): WebhookPayload {
    switch (asked.event) {
      case 'USER_CREATED':
      case 'USER_DELETED':
        return this.payloads.user(this.user(asked));
      case 'CONNECTION_DELETED':
        return this.payloads.connection(this.connection(asked));
      case 'CONNECTION_SYNCED':
        return this.payloads.connectionSynced(this.syncs.gather(this.connection(asked), asked.first));
      case 'ACCOUNTS_FETCHED':
        return this.payloads.accountsFetched(this.syncs.gather(this.connection(asked)));
      case 'SUBSCRIPTION_FOUND':
        return subscriptionFound(this.subscription(asked));
      case 'SUBSCRIPTION_SYNCED': {
        const subscription = this.subscription(asked);
        return subscriptionSynced(subscription, this.connectionOf(subscription));
      }
      default:
        return this.rarePayload(asked);
    }
  }

  private rarePayload(asked: WebhookDeliveryRequest): WebhookPayload {
    switch (asked.event) {
      case 'USER_SYNCED':
        return this.payloads.userSynced([this.syncs.gather(this.connection(asked), asked.first)]);
      case 'ACCOUNT_OWNERSHIPS_FOUND':
        return this.syncs.ownershipsFound(this.connection(asked));
      case 'TRANSACTION_ATTACHMENTS_FOUND': {
        const account = this.account(asked);
        const [newest] = transactionsOf(account);
        if (newest === undefined) {
          throw notFound();
        }
        return attachmentsFound(account, newest);
      }
      case 'CONNECTION_CERTIFICATE_AVAILABLE':
      case 'PAYMENT_STATE_UPDATED':
      case 'TRANSACTIONS_CLUSTERED':
        // Their bodies are not documented: the caller gives one.
        throw missingParameter('body');
      default:
        return this.accountPayload(asked);
    }
  }

  private accountPayload(asked: WebhookDeliveryRequest): WebhookPayload {
    const account = this.account(asked);
    const { lastUpdate } = this.connectionOf(account);
    const { id: idAccount, type, createdAt, currency } = account;
    const afterId = asked.first ? null : (account.lastPushedId ?? null);
    const until = lastUpdate ?? createdAt;
    const fill: TransactionFill = { idAccount, type, createdAt, currency, afterId, until, padBytes: 0 };
    switch (asked.event) {
      case 'ACCOUNT_FOUND':
        return accountFound(account);
      case 'ACCOUNT_SYNCED':
        return accountSynced(account, lastUpdate, fill);
      case 'ACCOUNT_CATEGORIZED':
        return accountCategorized({ ...fill, afterId: null });
      default:
        return accountConsent(account, lastUpdate);
    }
  }

  private user({ idUser, idConnection }: WebhookDeliveryRequest): UserRecord {
    const owner = this.store.connections.get(idConnection ?? NONE)?.idUser;
    return named('idUser', idUser ?? owner, (id) => this.store.users.get(id));
  }

  private connection({ idConnection }: WebhookDeliveryRequest): ConnectionRecord {
    return named('idConnection', idConnection, (id) => this.store.connections.get(id));
  }

  private account({ idAccount, idConnection }: WebhookDeliveryRequest): AccountRecord {
    const [first] = this.store.accounts.ownedBy(idConnection ?? NONE);
    return named('idAccount', idAccount ?? first?.id, (id) => this.store.accounts.get(id));
  }

  private subscription({ idSubscription, idConnection }: WebhookDeliveryRequest): SubscriptionRecord {
    const [first] = this.store.subscriptions.ownedBy(idConnection ?? NONE);
    return named('idSubscription', idSubscription ?? first?.id, (id) => this.store.subscriptions.get(id));
  }

  private connectionOf(part: { idConnection: number }): ConnectionRecord {
    return named('idConnection', part.idConnection, (id) => this.store.connections.get(id));
  }
}

function named<R>(name: string, id: number | undefined, find: (id: number) => R | undefined): R {
  if (id === undefined) {
    throw missingParameter(name);
  }
  const found = find(id);
  if (found === undefined) {
    throw notFound();
  }
  return found;
}

/** A payload with its transactions in place, for a body that is merged over it. */
function filled({ body, fills }: WebhookPayload): Record<string, unknown> {
  const waiting = [...fills];
  const text = JSON.stringify(body, (name, value: unknown) => {
    const fill =
      name === 'transactions' && Array.isArray(value) && value.length === 0 ? waiting.shift() : undefined;
    return fill === undefined ? value : newTransactions(fill);
  });
  return JSON.parse(text) as Record<string, unknown>;
}
