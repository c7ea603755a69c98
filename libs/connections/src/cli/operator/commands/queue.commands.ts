import { ConnectionsAdminService } from '../../../flow/administration/connections-admin.service.js';
import type { FailedWebhook } from '../../../flow/administration/administration.types.js';
import { DeadLettersService, type DeadLetter } from '../../../outbox/dead-letters.service.js';
import { ConnectionsError } from '../../../errors/index.js';
import { DONE, type Command, type Invocation } from '../command.js';
import { PAGE, pageOf, printPage } from './pages.js';

/** Events that no handler accepted, and webhooks that were given up. */
export const QUEUE_COMMANDS: readonly Command[] = [
  {
    words: ['outbox', 'list'],
    summary: 'lists events that no handler accepted',
    options: PAGE,
    run: async (invocation: Invocation): Promise<number> => {
      const request = pageOf(invocation.given);
      const page = await (await invocation.service(DeadLettersService)).list(request);
      return printPage(invocation, page, letterLine);
    },
  },
  {
    words: ['outbox', 'show'],
    operands: ['event id'],
    summary: 'prints one of them, as handlers get it',
    run: showLetter,
  },
  {
    words: ['outbox', 'replay'],
    operands: ['event id'],
    summary: 'delivers one again, before the waiting events of its connection',
    run: async (invocation: Invocation): Promise<number> => {
      const [id = ''] = invocation.operands;
      await (await invocation.service(DeadLettersService)).replay(id);
      invocation.print({ replayed: id }, 'It is delivered again by the application.\n');
      return DONE;
    },
  },
  {
    words: ['outbox', 'discard'],
    operands: ['event id'],
    summary: 'removes one for good',
    run: async (invocation: Invocation): Promise<number> => {
      const [id = ''] = invocation.operands;
      await (await invocation.service(DeadLettersService)).discard(id);
      invocation.print({ discarded: id }, 'It is removed.\n');
      return DONE;
    },
  },
  {
    words: ['inbox', 'list'],
    summary: 'lists webhooks that were given up, whose content is not kept',
    options: PAGE,
    run: async (invocation: Invocation): Promise<number> => {
      const request = pageOf(invocation.given);
      const page = await (await invocation.service(ConnectionsAdminService)).listFailedWebhooks(request);
      return printPage(invocation, page, webhookLine);
    },
  },
  {
    words: ['inbox', 'discard'],
    operands: ['webhook id'],
    summary: 'ends one; "reconcile" reads what it reported',
    run: async (invocation: Invocation): Promise<number> => {
      const [id = ''] = invocation.operands;
      await (await invocation.service(ConnectionsAdminService)).discardFailedWebhook(id);
      invocation.print({ discarded: id }, 'It is no longer listed.\n');
      return DONE;
    },
  },
];

async function showLetter(invocation: Invocation): Promise<number> {
  const [id = ''] = invocation.operands;
  const letters = await invocation.service(DeadLettersService);
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await letters.list({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    const letter = page.items.find(({ event }) => event.id === id);
    if (letter !== undefined) {
      invocation.print(letter, `${JSON.stringify(letter, null, 2)}\n`);
      return DONE;
    }
    cursor = page.nextCursor;
  }
  throw new ConnectionsError('not_found', 'There is no such dead letter.');
}

function letterLine({ event, deliveries, deadLetteredAt }: DeadLetter): string {
  return `${event.id}  ${deadLetteredAt.toISOString()}  ${event.type}  ${deliveries} deliveries`;
}

function webhookLine({ id, receivedAt, event, status, errorCode, tries }: FailedWebhook): string {
  return `${id}  ${receivedAt.toISOString()}  ${event}  ${status} (${errorCode ?? 'no code'})  ${tries} tries`;
}
