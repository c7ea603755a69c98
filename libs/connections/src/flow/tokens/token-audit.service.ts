import { Inject, Injectable, Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import type { TokenUse } from '../../options/token-use.interface.js';
import type { Owner } from '../../values/owner.js';

/**
 * Tells the host's audit hook of every use of a token.
 *
 * @see TC-28
 * @internal
 */
@Injectable()
export class TokenAudit {
  readonly #logger = new Logger('ConnectionsAudit');

  constructor(@Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'audit'>) {}

  /** Runs a use of a token and tells of it, however it ends. */
  async record<T>(owner: Owner, operation: string, use: () => T | Promise<T>): Promise<T> {
    let outcome: TokenUse['outcome'] = 'internal_error';
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
        operation,
        outcome,
      });
    }
  }

  private tell(entry: TokenUse): void {
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
