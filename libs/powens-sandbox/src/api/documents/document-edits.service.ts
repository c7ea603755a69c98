import { Injectable } from '@nestjs/common';
import type { Fields } from '../../http/fields.js';
import { given } from '../../http/fields.js';
import { isCalendarDate } from '../../http/period.js';
import { powensDateTime } from '../../http/powens-date-time.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import { DOCUMENT_TYPES } from '../../wire/document.wire.js';
import type { DocumentWire } from '../../wire/document.wire.js';

/** What people changed on documents: kept apart, since the documents themselves are computed. */
@Injectable()
export class DocumentEdits {
  constructor(private readonly store: SandboxStore) {}

  /** The document with what was changed on it. */
  apply(document: DocumentWire): DocumentWire {
    return { ...document, ...this.store.documentEdits.get(document.id)?.changes };
  }

  /** Changes a document; what the body leaves out stays. */
  write(document: DocumentWire, body: Fields): DocumentWire {
    const day = dayIn(body, 'date');
    const changes: Partial<DocumentWire> = {
      ...this.store.documentEdits.get(document.id)?.changes,
      ...typeIn(body),
      ...given('date', day === undefined ? undefined : `${day} 00:00:00`),
      ...given('duedate', dayIn(body, 'duedate')),
      ...given('name', body.text('name')),
      ...given('income', body.flag('income')),
      ...given('total_amount', body.decimal('total_amount')),
      ...given('untaxed_amount', body.decimal('untaxed_amount')),
      ...given('vat', body.decimal('vat')),
      last_update: powensDateTime(this.store.clock.now()),
    };
    const idSubscription = document.id_subscription ?? 0;
    this.store.documentEdits.put({ id: document.id, idSubscription, changes });
    return { ...document, ...changes };
  }
}

function typeIn(body: Fields): Partial<DocumentWire> {
  const id = body.integer('id_type');
  if (id === undefined) {
    return {};
  }
  const type = DOCUMENT_TYPES.find((one) => one.id === id);
  if (type === undefined) {
    throw invalidValue('id_type');
  }
  return { id_type: id, type: type.name };
}

function dayIn(body: Fields, name: string): string | undefined {
  const day = body.text(name)?.slice(0, 10);
  if (day !== undefined && (!/^\d{4}-\d\d-\d\d$/.test(day) || !isCalendarDate(day))) {
    throw invalidValue(name, 'it is a date');
  }
  return day;
}
