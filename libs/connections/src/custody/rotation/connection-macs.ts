import type { Logger } from '@nestjs/common';
import {
  authenticateConnection,
  verifyConnection,
  type ConnectionPurpose,
} from '../connections/connection-authenticator.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { KeyRotationRepository } from './key-rotation.repository.js';
import type { MacRow, RemadeMacs } from './key-rotation.rows.js';
import type { KeyRing } from '../crypto/key-ring.js';
import type { RotationStep } from './rotation-run.js';
import { reasonOf, type UnreadableReason } from '../sealed-row.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/**
 * The authenticators of an instance's connections, made by any key.
 *
 * @internal
 */
export class ConnectionMacs {
  readonly #logger: Logger;

  constructor(
    private readonly options: Pick<ResolvedOptions, 'instance'>,
    private readonly keyRing: KeyRing,
    private readonly rows: KeyRotationRepository,
  ) {
    this.#logger = loggerOf('ConnectionsKeys', options);
  }

  /** Finds why rows of a batch cannot authorize a deletion at Powens. Rows that can are not in the result. */
  problemsOf(rows: readonly MacRow[]): readonly UnreadableReason[] {
    return rows.flatMap((row) => this.problemOf(row) ?? []);
  }

  /** Authenticates anew, under the primary key, the rows of a batch that another key authenticates. */
  async rotate(rows: readonly MacRow[]): Promise<RotationStep> {
    const remade: RemadeMacs[] = [];
    const unreadable: string[] = [];
    const { primaryId } = this.keyRing;
    for (const row of rows.filter((one) => keysOf(one).some((keyId) => keyId !== primaryId))) {
      const problem = this.problemOf(row);
      if (problem === null) {
        remade.push(this.remake(row));
      } else {
        // The row is evidence and stays unchanged; the run continues with the others.
        unreadable.push(`${row.id} (${problem})`);
      }
    }
    reportUnreadable(this.#logger, 'connections are not as they were written', unreadable);
    const done = remade.length === 0 ? 0 : await this.rows.replaceMacs(remade);
    return { done, skipped: remade.length - done, unreadable: unreadable.length };
  }

  /** Authenticates anew the rows of a batch whose key is lost: the caller vouches for them. */
  async abandon(rows: readonly MacRow[], keyId: string): Promise<void> {
    const lost = rows.filter((row) => keysOf(row).includes(keyId));
    await this.rows.replaceMacs(lost.map((row) => this.remake(row)));
  }

  private problemOf(row: MacRow): UnreadableReason | null {
    const { keyRing } = this;
    const { instance } = this.options;
    try {
      verifyConnection(row.authenticator, { row, purpose: 'keep', instance }, keyRing);
      if (row.removal !== null) {
        const { authenticator, reason: purpose } = row.removal;
        verifyConnection(authenticator, { row, purpose, instance }, keyRing);
      }
      return null;
    } catch (error) {
      return reasonOf(error);
    }
  }

  private remake(row: MacRow): RemadeMacs {
    const { keyRing } = this;
    const { instance } = this.options;
    const make = (purpose: ConnectionPurpose): string =>
      authenticateConnection({ row, purpose, instance }, keyRing);
    const removalAuthenticator = row.removal === null ? null : make(row.removal.reason);
    return { row, authenticator: make('keep'), removalAuthenticator };
  }
}

/** Logs the rows that a rotation did not change. */
export function reportUnreadable(logger: Logger, what: string, unreadable: readonly string[]): void {
  if (unreadable.length > 0) {
    logger.error(`${unreadable.length} ${what}, the first of row ${unreadable[0] ?? ''}`);
  }
}

/** Ids of the keys that made the authenticators of a row. */
function keysOf({ authenticator, removal }: MacRow): readonly string[] {
  return [authenticator, removal?.authenticator].flatMap((mac) => mac?.split('.')[2] ?? []);
}
