import { setImmediate } from 'node:timers/promises';
import { ancientTransaction, transactionsAfter } from '../../bank-data/transaction-factory.js';
import type { TransactionsOwner } from '../../bank-data/transaction-factory.js';
import type { TransactionWire } from '../../wire/bank/transaction.wire.js';
import type { TransactionFill, WebhookDataRecord } from '../../store/webhook.records.js';
import { providerJson, withWebhookId } from './provider-json.js';

const EMPTY = '"transactions": []';
const OPEN = EMPTY.slice(0, -1);
const ANCIENT_PER_CHUNK = 250;

/**
 * The body of a message, in chunks: the transactions that its fills stand for are put in. A long history is made a piece
 * at a time, so that the calls of others are answered in between.
 */
export async function bodyOf(data: WebhookDataRecord): Promise<Buffer[]> {
  if (data.isVerbatim) {
    return [Buffer.from(data.text)];
  }
  const parts = withWebhookId(data.text, data.id).split(EMPTY);
  const chunks: Buffer[] = [];
  for (const [rank, part] of parts.entries()) {
    chunks.push(Buffer.from(part));
    const fill = data.fills[rank];
    if (fill !== undefined) {
      chunks.push(Buffer.from(`${OPEN}${listed(newTransactions(fill))}`));
      chunks.push(...(await ancientHistory(fill)));
      chunks.push(Buffer.from(']'));
    } else if (rank < parts.length - 1) {
      chunks.push(Buffer.from(EMPTY));
    }
  }
  return chunks;
}

/** The transactions that were not pushed yet. */
export function newTransactions(fill: TransactionFill): TransactionWire[] {
  return transactionsAfter(accountOf(fill), fill.afterId, fill.until);
}

function accountOf({ idAccount, type, createdAt, currency }: TransactionFill): TransactionsOwner {
  return { id: idAccount, type, createdAt, currency };
}

async function ancientHistory(fill: TransactionFill): Promise<Buffer[]> {
  const account = accountOf(fill);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (let rank = 0; bytes < fill.padBytes; rank += ANCIENT_PER_CHUNK) {
    const made = Array.from({ length: ANCIENT_PER_CHUNK }, (_, offset) =>
      ancientTransaction(account, rank + offset),
    );
    const chunk = Buffer.from(`, ${listed(made)}`);
    chunks.push(chunk);
    bytes += chunk.length;
    await setImmediate();
  }
  return chunks;
}

function listed(transactions: TransactionWire[]): string {
  return providerJson(transactions).slice(1, -1);
}
