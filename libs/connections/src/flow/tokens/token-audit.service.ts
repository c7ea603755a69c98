import { Inject, Injectable, type Logger } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { AuditTrail } from '../../custody/audit/audit-trail.service.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { AuditEntry } from '../../options/audit.interface.js';
import { requiredOwner } from '../../options/owner-of.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';
import type { Owner } from '../../values/owner.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** The fields of an entry beside owner, operation and outcome. */
export interface ActDetails {
  readonly connectionId?: string | null;
  readonly initiator?: AuditEntry['initiator'];
}

/**
 * Records operations on an owner's data with the host's audit hook and in the audit trail: uses of a token, and changes (N33).
 *
 * @see TC-28
 * @internal
 */
@Injectable()
export class TokenAudit {
  readonly #logger: Logger;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'instance' | 'audit'>,
    private readonly trail: AuditTrail,
  ) {
    this.#logger = loggerOf('ConnectionsAudit', options);
  }

  /** Runs an operation and records its outcome, success or failure. */
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
      this.note(owner, operation, outcome, { connectionId, initiator });
    }
  }

  /** Records an operation that has ended. */
  note(
    owner: Owner,
    operation: string,
    outcome: AuditEntry['outcome'],
    { connectionId = null, initiator = 'application' }: ActDetails = {},
  ): void {
    this.emit({
      at: new Date().toISOString(),
      instance: this.options.instance,
      ownerId: owner.id,
      tenant: owner.tenant,
      actor: owner.actor ?? null,
      initiator,
      operation,
      // Only a UUID is repeated: a caller may have passed another value by mistake. In lower case, as the database returns it: the
      // authenticator of the row covers it.
      connectionId: connectionId !== null && isUuid(connectionId) ? connectionId.toLowerCase() : null,
      outcome,
    });
  }

  /**
   * Runs and records an operation of an owner named by the host.
   *
   * @throws ConnectionsError `unauthenticated` without an owner: then there is no record either
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

  private emit(entry: AuditEntry): void {
    this.trail.add(entry);
    const { audit } = this.options;
    if (audit !== null) {
      // In an async function, so that a hook that throws synchronously is caught like one that rejects.
      (async (): Promise<void> => audit(entry))().catch((error: unknown) => {
        const name = error instanceof Error ? error.name : typeof error;
        this.#logger.error(`The audit hook failed (${name}) for ${entry.operation} of ${entry.at}`);
      });
    }
  }
}
