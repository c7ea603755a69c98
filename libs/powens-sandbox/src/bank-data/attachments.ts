import { pdfOf } from './pdf.js';
import { write } from '../wire/table/field.js';
import { ATTACHMENT } from '../wire/bank/transaction.wire.js';
import type { TransactionWire } from '../wire/bank/transaction.wire.js';
import type { WireOf } from '../wire/table/field.js';

/** An attachment as the provider writes it. */
export type AttachmentWire = WireOf<(typeof ATTACHMENT)['fields']>;

/** Of a transaction, what its attachment is made from. */
export type AttachmentOwner = Pick<TransactionWire, 'id' | 'rdate' | 'date_scraped'>;

/** The receipt that goes with a transaction, from the day on which it was made: every transaction of the sandbox has one. */
export function attachmentOf(transaction: AttachmentOwner, linkRoot = ''): AttachmentWire {
  const { id, rdate, date_scraped: found } = transaction;
  return write(ATTACHMENT, {
    id,
    name: 'ticket.pdf',
    description: 'Ticket de caisse',
    mime_type: 'application/pdf',
    size: receiptOf(id).length,
    created_date: rdate,
    created_datetime: `${rdate} 12:00:00`,
    last_update: found,
    url: `${linkRoot}/2.0/users/me/transactions/${id}/attachments/${id}/file`,
  });
}

/** The file of an attachment. */
export function receiptOf(idTransaction: number): Buffer {
  return pdfOf(['Ticket', `Transaction ${idTransaction}`]);
}
