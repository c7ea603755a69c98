import { Injectable } from '@nestjs/common';
import { ConnectionsError, WebhookError } from '../../errors/index.js';
import type { ConnectionEvent } from '../../events/index.js';
import { parseAccount, parseDocument, parseTransaction } from '../../powens/bank/bank.parsers.js';
import type { PowensAccount, PowensDocument, PowensTransaction } from '../../powens/bank/bank.types.js';
import { plainBytes } from '../../webhooks/body/inflate.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import type { RawBody } from '../../webhooks/body/raw-body.js';
import { itemsOf, type WantedItems } from '../../webhooks/body/payload-items.js';

const LISTS = ['transactions', 'investments', 'market_orders', 'pockets'];

const ACCOUNTS: WantedItems = { paths: ['$.connection.accounts.*'], without: LISTS };
const ACCOUNT: WantedItems = { paths: ['$'], without: LISTS };
const TRANSACTIONS: WantedItems = {
  paths: ['$.connection.accounts.*.transactions.*', '$.transactions.*'],
  without: ['investments', 'market_orders', 'pockets'],
};
const DOCUMENTS: WantedItems = {
  paths: ['$.connection.subscriptions.*.documents.*', '$.documents.*'],
  without: ['accounts'],
};

/** Positions of the inbox. */
const WEBHOOK_ID = /^[1-9][0-9]{0,18}$/;

/**
 * Reads the body of the webhook that caused an event, within its retention (`webhooks.bodyRetentionDays`), item by item,
 * however large it is. A webhook contains the changes since the previous one. For complete data use `PowensService`, since
 * webhooks may arrive late, and out of order.
 *
 * @example
 * ```ts
 * @OnConnectionEvent('connection.synced')
 * async book(event: ConnectionEvent<'connection.synced'>): Promise<void> {
 *   for await (const transaction of this.payloads.transactions(event)) { … }
 * }
 * ```
 * @public
 */
@Injectable()
export class WebhookPayloads {
  constructor(private readonly inbox: InboxRepository) {}

  /**
   * Reads the bank accounts of a `connection.synced` or `accounts.fetched` event, or the one of an `account.*` event.
   *
   * @returns no items for an event without a webhook
   * @throws ConnectionsError `not_found` when the body is no longer kept; WebhookError `webhook_unreadable`
   */
  accounts(event: ConnectionEvent): AsyncIterable<PowensAccount> {
    return this.read(event, event.type.startsWith('account.') ? ACCOUNT : ACCOUNTS, parseAccount);
  }

  /**
   * Reads the transactions of a `connection.synced` or `account.synced` event.
   *
   * @throws as {@link WebhookPayloads.accounts}
   */
  transactions(event: ConnectionEvent): AsyncIterable<PowensTransaction> {
    return this.read(event, TRANSACTIONS, parseTransaction);
  }

  /**
   * Reads the documents of a `connection.synced` or `subscription.synced` event.
   *
   * @throws as {@link WebhookPayloads.accounts}
   */
  documents(event: ConnectionEvent): AsyncIterable<PowensDocument> {
    return this.read(event, DOCUMENTS, parseDocument);
  }

  private async *read<T>(
    event: ConnectionEvent,
    wanted: WantedItems,
    parse: (item: unknown) => T,
  ): AsyncGenerator<T> {
    const { webhookId = null } = event.data as { webhookId?: unknown };
    if (webhookId === null) {
      // Caused by a callback or by reconciliation: there is no webhook body.
      return;
    }
    const body = await this.bodyOf(webhookId, event.powensUserId);
    for await (const item of itemsOf(plainBytes(body, Number.POSITIVE_INFINITY), wanted)) {
      yield parsed(item, parse);
    }
  }

  private async bodyOf(webhookId: unknown, powensUserId: string | null): Promise<RawBody> {
    const isId = typeof webhookId === 'string' && WEBHOOK_ID.test(webhookId);
    const found = isId ? await this.inbox.findBody(webhookId) : null;
    if (found === null || (found.powensUserId !== null && found.powensUserId !== powensUserId)) {
      throw new ConnectionsError(
        'not_found',
        'The webhook of this event is not kept, or its body is no longer.',
      );
    }
    return { chunks: [found.body], encoding: found.encoding };
  }
}

function parsed<T>(item: unknown, parse: (item: unknown) => T): T {
  try {
    return parse(item);
  } catch {
    // The parser's error names the field, which does not need an error of its own here.
    throw new WebhookError('webhook_unreadable', 'An item of the webhook is not what Powens documents.');
  }
}
