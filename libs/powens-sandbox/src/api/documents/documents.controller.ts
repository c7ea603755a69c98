import { Controller, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { documentsOf, subscriptionOfDocument } from '../../bank-data/document-factory.js';
import { pdfOf } from '../../bank-data/pdf.js';
import { AccountsService } from '../../connections/accounts.service.js';
import { ConnectionsService } from '../../connections/connections.service.js';
import { Fields } from '../../http/fields.js';
import { paginate } from '../../http/pagination.js';
import { ownedPaths } from '../../http/paths.js';
import { boundsOf, periodIn } from '../../http/period.js';
import { missingParameter, notFound } from '../../http/sandbox-api.error.js';
import type { SandboxReply, SandboxRequest } from '../../http/sandbox-request.js';
import { formatted } from '../../wire/bank/currency.wire.js';
import type { DocumentWire } from '../../wire/document.wire.js';

import { DocumentEdits } from './document-edits.service.js';

interface DocumentPath {
  user?: string;
  connection?: string;
  subscription?: string;
  id?: string;
}

const LIST_PATHS = ownedPaths(
  'documents',
  'connections/:connection/documents',
  'subscriptions/:subscription/documents',
  'connections/:connection/subscriptions/:subscription/documents',
);

/**
 * Documents of the contracts in use, each with a PDF.
 *
 * @see https://docs.powens.com/api-reference/products/documents-aggregation/documents
 */
@Controller()
export class DocumentsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly bearer: BearerService,
    private readonly connections: ConnectionsService,
    private readonly edits: DocumentEdits,
  ) {}

  @Get(LIST_PATHS)
  list(@Req() request: SandboxRequest, @Param() path: DocumentPath): Record<string, unknown> {
    const everything = this.documentsIn(request, path);
    const query = new Fields(request.query);
    if (!query.has('limit')) {
      throw missingParameter('limit');
    }
    const matching = everything.filter(documentFilter(query));
    const page = paginate(matching, request);
    return {
      documents: page.items,
      ...boundsOf(
        everything.map(({ date }) => date),
        matching.map(({ date }) => date),
      ),
      total: page.total,
      ...page.links,
    };
  }

  @Get(ownedPaths('documents/:id'))
  read(@Req() request: SandboxRequest, @Param() path: DocumentPath): DocumentWire {
    const subscription = String(subscriptionOfDocument(Number(path.id)));
    const documents = this.documentsIn(request, { ...path, subscription });
    const found = documents.find(({ id }) => String(id) === path.id);
    if (found === undefined) {
      throw notFound();
    }
    return found;
  }

  @Put(ownedPaths('documents/:id'))
  update(@Req() request: SandboxRequest, @Param() path: DocumentPath): DocumentWire {
    return this.edits.write(this.read(request, path), new Fields(request.body));
  }

  @Post(ownedPaths('documents/:id'))
  @HttpCode(200)
  updateByPost(@Req() request: SandboxRequest, @Param() path: DocumentPath): DocumentWire {
    return this.update(request, path);
  }

  @Get(ownedPaths('documents/:id/file'))
  file(@Req() request: SandboxRequest, @Res() reply: SandboxReply, @Param() path: DocumentPath): void {
    const document = this.read(request, path);
    const pdf = pdfOf([
      document.issuer ?? 'Relevés bancaires',
      `${document.name ?? ''}  ${document.number ?? ''}`,
      `Date : ${document.date?.slice(0, 10) ?? ''}`,
      ...(document.total_amount === null ? [] : [`Total : ${formatted(document.total_amount, 'EUR')}`]),
    ]);
    reply
      .header('content-type', 'application/pdf')
      .header('content-disposition', `attachment; filename="${document.name ?? 'document.pdf'}"`)
      .send(pdf);
  }

  private documentsIn(request: SandboxRequest, path: DocumentPath): DocumentWire[] {
    const user = this.bearer.userNamed(request, path.user);
    const connections =
      path.connection === undefined
        ? this.connections.of(user)
        : [this.connections.find(user, path.connection)];
    const inUse = connections.flatMap((connection) =>
      this.accounts
        .subscriptionsOf([connection], false)
        .map((subscription) => ({ subscription, lastUpdate: connection.lastUpdate })),
    );
    const wanted = inUse.filter(
      ({ subscription }) => path.subscription === undefined || String(subscription.id) === path.subscription,
    );
    if (path.subscription !== undefined && wanted.length === 0) {
      throw notFound();
    }
    return wanted.flatMap(({ subscription, lastUpdate }) =>
      documentsOf(subscription, lastUpdate).map((one) => ({
        ...this.edits.apply(one),
        url: urlOf(request, one),
      })),
    );
  }
}

function urlOf({ linkRoot = '' }: SandboxRequest, { id }: DocumentWire): string {
  return `${linkRoot}/2.0/documents/${id}/file`;
}

/** `id_type`, `min_amount`, `max_amount`, and the period of the dates narrow the list. */
function documentFilter(query: Fields): (one: DocumentWire) => boolean {
  const [type, least, most] = [
    query.integer('id_type'),
    query.decimal('min_amount'),
    query.decimal('max_amount'),
  ];
  const period = periodIn(query);
  return ({ id_type: idType, total_amount: amount, date }) =>
    (type === undefined || idType === type) &&
    (least === undefined || (amount !== null && amount >= least)) &&
    (most === undefined || (amount !== null && amount <= most)) &&
    (period === undefined || period(date));
}
