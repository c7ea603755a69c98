import { Inject, Injectable, Logger } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { AuditEntry } from '../../options/audit.interface.js';
import { requiredOwner } from '../../options/owner-of.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';
import type { Owner } from '../../values/owner.js';

/** What an entry says beside owner, operation and outcome. */
export interface ActDetails {
  readonly connectionId?: string | null;
  readonly initiator?: AuditEntry['initiator'];
}

/**
 * Records acts on what belongs to an owner with the host's audit hook: uses of a token, and changes (N33).
 *
 * @see TC-28
 * @internal
 */
@Injectable()
export class TokenAudit {
  readonly #logger = new Logger('ConnectionsAudit');

  constructor(@Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'audit'>) {}

  /** Runs an act and records it, however it ends. */
  async record<T>(
    owner: Owner,
    operation: string,
    use: () => T | Promise<T>,
    { connectionId = null, initiator = 'application' }: ActDetails = {},
  ): Promise<T> {
    let outcome: AuditEntry['outcome'] = 'internal_error';
    try {
      const result = await use();
      outcome = 'ok';
      return result;
    } catch (error) {
      outcome = error instanceof ConnectionsError ? error.code : 'internal_error';
      throw error;
    } finally {
      this.tell({
        at: new Date().toISOString(),
        ownerId: owner.id,
        tenant: owner.tenant,
        actor: owner.actor ?? null,
        initiator,
        operation,
        // What is no id of ours is not repeated: a caller may have mistaken something else for one.
        connectionId: connectionId !== null && isUuid(connectionId) ? connectionId : null,
        outcome,
      });
    }
  }

  /**
   * Runs and records an act of an owner, as the host names it.
   *
   * @throws ConnectionsError `unauthenticated` when nobody is named: there is no one to record it for
   */
  async act<T>(
    operation: string,
    named: OwnerLike,
    run: (owner: Owner) => Promise<T>,
    connectionId: string | null = null,
  ): Promise<T> {
    const owner = requiredOwner(named);
    return this.record(owner, operation, async () => run(owner), { connectionId });
  }

  private tell(entry: AuditEntry): void {
    const { audit } = this.options;
    if (audit !== null) {
      // In a function of its own, so that a hook that throws at once is caught like one that rejects.
      (async (): Promise<void> => audit(entry))().catch((error: unknown) => {
        const name = error instanceof Error ? error.name : typeof error;
        this.#logger.error(`The audit hook failed (${name}) for ${entry.operation} of ${entry.at}`);
      });
    }
  }
}
