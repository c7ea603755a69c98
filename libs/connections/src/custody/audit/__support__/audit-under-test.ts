import { randomBytes } from 'node:crypto';
import type { ResolvedOptions } from '../../../options/resolve/resolved-options.js';
import type { AuditEntry } from '../../../options/audit.interface.js';
import type { ConnectionsDatabase, DatabaseSession } from '../../../database/connections-database.js';
import type { Store } from '../../../database/__support__/store.js';
import type { Owner } from '../../../values/owner.js';
import { ErasureRepository } from '../../erasure.repository.js';
import { KeyRing } from '../../crypto/key-ring.js';
import { AuditTrail } from '../audit-trail.service.js';
import { AuditWriter } from '../audit-writer.js';
import { AuditRepository, type ChainEnd } from '../audit.repository.js';

type Options = Pick<ResolvedOptions, 'instance' | 'auditTrail' | 'lifecycle'>;

export const keyOf = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;

const OLD = keyOf('k1');

/** The rows of a process, whose clock of the database the test moves: rows cannot be made older by an UPDATE. */
class AgingRows extends AuditRepository {
  constructor(
    database: ConnectionsDatabase,
    private readonly daysAgo: () => number,
  ) {
    super(database);
  }

  override async end(session: DatabaseSession): Promise<ChainEnd> {
    const end = await super.end(session);
    return { ...end, nowMs: end.nowMs - this.daysAgo() * 86_400_000 };
  }
}

/** The audit trail of one instance, as one process writes and keeps it. */
export class AuditUnderTest {
  daysAgo = 0;
  readonly rows: AuditRepository;
  readonly writer: AuditWriter;
  readonly trail: AuditTrail;
  private readonly options: Options;

  constructor(
    readonly store: Store,
    { keys = [OLD], instance = 'default' }: { keys?: readonly string[]; instance?: string } = {},
  ) {
    this.options = {
      instance,
      auditTrail: { enabled: true, retentionDays: 400, anonymiseErased: true },
      lifecycle: { sweeper: false } as Options['lifecycle'],
    };
    const ring = KeyRing.parse(keys);
    this.rows = new AgingRows(
      instance === 'default' ? store.database : store.ofInstance(instance),
      () => this.daysAgo,
    );
    this.writer = new AuditWriter(this.options, this.rows, ring);
    this.trail = new AuditTrail(this.options, this.rows, ring);
  }

  /** Writes entries, one for each operation. */
  async write(...operations: readonly (string | Partial<AuditEntry>)[]): Promise<void> {
    operations.forEach((one) => {
      this.writer.add(entryOf(typeof one === 'string' ? { operation: one } : one));
    });
    await this.writer.flush();
  }

  /** An erasure of an owner that ended some minutes ago. */
  async erase(owner: Owner, minutesAgo = 15): Promise<void> {
    await new ErasureRepository(this.store.database, this.options).remember(owner);
    await this.store.query(
      `UPDATE powens_audit_erasure SET erased_at = now() - interval '${minutesAgo} minutes' WHERE owner_id = '${owner.id}'`,
    );
  }

  /** What a verification finds, as `edited 3`. */
  async findings(expect?: string): Promise<readonly string[]> {
    const { findings, intact } = await this.trail.verify(expect === undefined ? {} : { expect });
    if (intact !== (findings.length === 0)) throw new Error('intact and findings differ');
    return findings.map(({ problem, position }) => `${problem} ${position ?? 'head'}`);
  }

  async empty(): Promise<void> {
    await this.store.query('DELETE FROM powens_audit');
    await this.store.query('DELETE FROM powens_audit_head');
    await this.store.query('DELETE FROM powens_audit_erasure');
  }
}

/** The ring after a rotation, and the new key alone. */
export const ROTATED = ((): { readonly both: readonly string[]; readonly only: readonly string[] } => {
  const next = keyOf('k2');
  return { both: [next, OLD], only: [next] };
})();

export function entryOf(given: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: new Date().toISOString(),
    instance: 'default',
    ownerId: 'alice',
    tenant: 'acme',
    actor: 'ann',
    initiator: 'application',
    operation: 'GET /users/me/accounts',
    connectionId: null,
    outcome: 'ok',
    ...given,
  };
}
