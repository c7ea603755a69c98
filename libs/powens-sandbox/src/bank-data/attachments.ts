import { pdfOf } from './pdf.js';
import { write } from '../wire/table/field.js';
import { ATTACHMENT } from '../wire/bank/transaction.wire.js';
import type { WireOf } from '../wire/table/field.js';

/** An attachment as the provider writes it. */
export type AttachmentWire = WireOf<(typeof ATTACHMENT)['fields']>;

/** The receipt that goes with a transaction: every transaction of the sandbox has one. */
export function attachmentOf(idTransaction: number, linkRoot = ''): AttachmentWire {
  return write(ATTACHMENT, {
    id: idTransaction,
    name: 'ticket.pdf',
    mime_type: 'application/pdf',
    size: receiptOf(idTransaction).length,
    url: `${linkRoot}/2.0/users/me/transactions/${idTransaction}/attachments/${idTransaction}/file`,
  });
}

/** The file of an attachment. */
export function receiptOf(idTransaction: number): Buffer {
  return pdfOf(['Ticket', `Transaction ${idTransaction}`]);
}
