import { Injectable } from '@nestjs/common';
import type { KeyRotationService } from '../../custody/rotation/key-rotation.service.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ConnectionEvent } from '../../events/index.js';
import type { ConnectionsAdminService } from '../../flow/administration/connections-admin.service.js';
import type { WebhookPayloads } from '../../flow/bank-data/webhook-payloads.service.js';
import type { ReconciliationService } from '../../flow/reconciliation/reconciliation.service.js';
import { ReconciliationTally } from '../../flow/reconciliation/reconciliation-tally.js';
import type { ReconciliationOutcome } from '../../flow/reconciliation/reconciliation.types.js';
import type { ConnectionsReadiness } from '../../flow/setup/connections-readiness.service.js';
import type { WebhookRegistrationService } from '../../flow/setup/webhook-registration.service.js';
import type { TokenImportService } from '../../flow/token-import/token-import.service.js';
import type { ImportEntry, ImportReport } from '../../flow/token-import/token-import.types.js';
import type { DeadLettersService } from '../../outbox/dead-letters.service.js';
import { requiredOwner } from '../../options/owner-of.js';
import { WebhookSecret } from '../../values/secrets/webhook-secret.js';
import type { TestBankData } from './bank-data.fake.js';
import { keyOf, MemoryStore } from './memory-store.js';
import type { PublicOf } from './public-of.js';

// What operators call: the answers of an application where everything is in order.

/** Ready. */
export class FakeReadiness implements Pick<ConnectionsReadiness, 'check'> {
  check: ConnectionsReadiness['check'] = async () =>
    Promise.resolve({
      ready: true,
      checks: {
        database: true,
        schema: true,
        keys: true,
        provider: true,
        losses: true,
        outbox: true,
        inbox: true,
        handlers: true,
        powens: true,
        running: true,
      },
    });
}

/** No event was ever given up. */
export class FakeDeadLetters implements PublicOf<DeadLettersService> {
  list: DeadLettersService['list'] = async () => Promise.resolve({ items: [], nextCursor: null });
  replay: DeadLettersService['replay'] = noSuchEvent;
  discard: DeadLettersService['discard'] = noSuchEvent;
}

async function noSuchEvent(): Promise<never> {
  return Promise.reject(new ConnectionsError('not_found', 'There is no such dead event.'));
}

/** Nothing was given up, and nothing is old. */
export class FakeAdmin implements PublicOf<ConnectionsAdminService> {
  search: ConnectionsAdminService['search'] = async () => Promise.resolve({ items: [], nextCursor: null });
  listFailedWebhooks: ConnectionsAdminService['listFailedWebhooks'] = async () =>
    Promise.resolve({ items: [], nextCursor: null });
  discardFailedWebhook: ConnectionsAdminService['discardFailedWebhook'] = async () =>
    Promise.reject(new ConnectionsError('not_found', 'There is no such webhook that was given up.'));
  verifyAudit: ConnectionsAdminService['verifyAudit'] = async () =>
    Promise.resolve({
      intact: true,
      checked: 0,
      anonymised: 0,
      purgedPosition: '0',
      head: null,
      findings: [],
    });
  purge: ConnectionsAdminService['purge'] = async () =>
    Promise.resolve({ attempts: 0, events: 0, webhooks: 0 });
}

/** No other key than the present one. */
export class FakeKeyRotation implements PublicOf<KeyRotationService> {
  countByKey: KeyRotationService['countByKey'] = async () => Promise.resolve([]);
  rotate: KeyRotationService['rotate'] = async () =>
    Promise.resolve({ done: 0, total: 0, skipped: 0, unreadable: 0, left: 0 });
  verify: KeyRotationService['verify'] = async () =>
    Promise.resolve({ checked: 0, unreadable: { key_unavailable: 0, token_tampered: 0 } });
  abandonKey: KeyRotationService['abandonKey'] = async () => Promise.resolve(0);
}

/** Gives each owner the token that is imported. */
@Injectable()
export class FakeTokenImport implements PublicOf<TokenImportService> {
  constructor(private readonly store: MemoryStore) {}

  async import(entries: Iterable<ImportEntry> | AsyncIterable<ImportEntry>): Promise<ImportReport> {
    let imported = 0;
    for await (const { owner, token } of entries) {
      this.store.tokens.set(keyOf(requiredOwner(owner)), token);
      imported += 1;
    }
    return { imported, unchanged: 0, failed: [] };
  }
}

const COMPARED: ReconciliationOutcome = {
  result: 'compared',
  added: 0,
  changed: 0,
  removed: 0,
  missing: 0,
  tokenRenewed: false,
};

const REPORT = new ReconciliationTally({ checked: false, reason: 'no_users_token' }).report();

/** Nothing differs from Powens. */
export class FakeReconciliation implements Omit<
  PublicOf<ReconciliationService>,
  'beforeApplicationShutdown'
> {
  reconcile: ReconciliationService['reconcile'] = async () => Promise.resolve(COMPARED);
  listLosses: ReconciliationService['listLosses'] = async () => Promise.resolve([]);
  approveLosses: ReconciliationService['approveLosses'] = async () => Promise.resolve(0);
  reconcileAll: ReconciliationService['reconcileAll'] = async () => Promise.resolve(REPORT);
  report: ReconciliationService['report'] = () => REPORT;
}

/** No webhooks are registered. */
export class FakeWebhookRegistration implements PublicOf<WebhookRegistrationService> {
  createAuthProvider: WebhookRegistrationService['createAuthProvider'] = async (_configToken, name) =>
    Promise.resolve({ id: '1', name, secret: WebhookSecret.of('test-webhook-secret') });
  list: WebhookRegistrationService['list'] = () => [];
}

/** What the test gave with an event, by the id of the event. */
export class FakeWebhookPayloads implements PublicOf<WebhookPayloads> {
  readonly payloads = new Map<string, Pick<TestBankData, 'accounts' | 'transactions' | 'documents'>>();

  accounts: WebhookPayloads['accounts'] = (event) => this.read(event, 'accounts');
  transactions: WebhookPayloads['transactions'] = (event) => this.read(event, 'transactions');
  documents: WebhookPayloads['documents'] = (event) => this.read(event, 'documents');

  private async *read<Name extends 'accounts' | 'transactions' | 'documents'>(
    { id }: ConnectionEvent,
    name: Name,
  ): AsyncGenerator<NonNullable<TestBankData[Name]>[number]> {
    yield* await Promise.resolve(this.payloads.get(id)?.[name] ?? []);
  }
}
