import { write } from '../wire/table/field.js';
import { ATTACHMENT } from '../wire/bank/transaction.wire.js';
import type { WireOf } from '../wire/table/field.js';

/** An attachment as the provider writes it. */
export type AttachmentWire = WireOf<(typeof ATTACHMENT)['fields']>;

/** The receipt that goes with a transaction: every transaction of the sandbox has one. */
export function attachmentOf(idTransaction: number): AttachmentWire {
  return write(ATTACHMENT, { id: idTransaction, id_transaction: idTransaction, name: 'ticket.pdf' });
}
