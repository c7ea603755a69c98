import { Injectable } from '@nestjs/common';
import type { AccountRecord, ConnectionRecord, UserRecord } from '../../store/records.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import type { WebhookMessage } from '../../store/webhook.records.js';
import { DeliveryEngine } from '../delivery/delivery-engine.service.js';
import { providerJson } from '../payloads/provider-json.js';
import { WebhookPayloads, accountConsent, accountFound } from '../payloads/webhook-payloads.service.js';
import type { WebhookPayload } from '../payloads/webhook-payloads.service.js';
import { WebhookRegistry } from '../registry/webhook-registry.service.js';
import type { WebhookEventName } from '../../store/webhook-event.js';

/** Whom an event is about. */
export interface WebhookSubject {
  idUser: number;
  idConnection: number | null;
}

/**
 * Emits events. Those of a temporary user are sent once the user is permanent, in order, or never.
 *
 * @see protocol notes, section 7.2 and 11.4
 */
@Injectable()
export class WebhookEvents {
  constructor(
    private readonly store: SandboxStore,
    private readonly registry: WebhookRegistry,
    private readonly engine: DeliveryEngine,
    private readonly payloads: WebhookPayloads,
  ) {}

  /** True when the event has a registration; without one no body is prepared. */
  isWanted(event: WebhookEventName): boolean {
    return this.registry.wanting(event).length > 0;
  }

  /** Something happened. */
  emit(event: WebhookEventName, subject: WebhookSubject, build: () => WebhookPayload): void {
    if (!this.isWanted(event)) {
      return;
    }
    const message = sealed(event, subject, build());
    if (this.store.users.get(subject.idUser)?.temporary === true) {
      const id = this.store.nextId('webhookWithheld');
      this.store.webhooks.withheld.put({ ...message, id, idUser: subject.idUser });
    } else {
      this.engine.enqueue(message);
    }
  }

  /** A permanent user was made, or a temporary one became permanent: what was withheld follows. */
  userCreated(user: UserRecord): void {
    this.emit('USER_CREATED', { idUser: user.id, idConnection: null }, () => this.payloads.user(user));
    for (const { id, ...message } of this.withheldOf(user.id)) {
      this.store.webhooks.withheld.remove(id);
      this.engine.enqueue(message);
    }
  }

  /** A user was deleted. The events of a user who was never permanent are dropped. */
  userDeleted(user: UserRecord): void {
    this.withheldOf(user.id).forEach(({ id }) => this.store.webhooks.withheld.remove(id));
    if (!user.temporary) {
      this.emit('USER_DELETED', { idUser: user.id, idConnection: null }, () => this.payloads.user(user));
    }
  }

  /** A connection was deleted. */
  connectionDeleted(connection: ConnectionRecord): void {
    const subject = { idUser: connection.idUser, idConnection: connection.id };
    this.emit('CONNECTION_DELETED', subject, () => this.payloads.connection(connection));
  }

  /** An account was found. */
  accountFound(account: AccountRecord): void {
    this.emit('ACCOUNT_FOUND', account, () => accountFound(account));
  }

  /** The consent to an account was given or taken back. */
  accountConsentChanged(account: AccountRecord): void {
    const event = account.disabledAt === null ? 'ACCOUNT_ENABLED' : 'ACCOUNT_DISABLED';
    const lastUpdate = this.store.connections.get(account.idConnection)?.lastUpdate ?? null;
    this.emit(event, account, () => accountConsent(account, lastUpdate));
  }

  private withheldOf(idUser: number) {
    return this.store.webhooks.withheld.ownedBy(idUser).sort((one, other) => one.id - other.id);
  }
}

/** Writes a payload down as a message. */
export function sealed(
  event: WebhookEventName,
  { idUser, idConnection }: { idUser: number | null; idConnection: number | null },
  { body, fills }: WebhookPayload,
): WebhookMessage {
  return { event, idUser, idConnection, text: providerJson(body), fills, isVerbatim: false };
}
