import { setImmediate } from 'node:timers/promises';
import { ancientTransaction, transactionsOf } from '../../bank-data/transaction-factory.js';
import type { TransactionWire } from '../../wire/transaction.wire.js';
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
export function newTransactions({
  idAccount,
  createdAt,
  currency,
  afterId,
  until,
}: TransactionFill): TransactionWire[] {
  const all = transactionsOf({ id: idAccount, createdAt, currency }, until);
  return afterId === null ? all : all.filter((one) => one.id > afterId);
}

async function ancientHistory({
  idAccount,
  createdAt,
  currency,
  padBytes,
}: TransactionFill): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (let rank = 0; bytes < padBytes; rank += ANCIENT_PER_CHUNK) {
    const made = Array.from({ length: ANCIENT_PER_CHUNK }, (_, offset) =>
      ancientTransaction({ id: idAccount, createdAt, currency }, rank + offset),
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
