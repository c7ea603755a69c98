import { Injectable } from '@nestjs/common';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { PowensApiError } from '../../errors/index.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import { reconciledConnections, reconciliationDuration } from '../../telemetry/metrics.js';
import { inSpan } from '../../telemetry/spans.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import { ConnectionChangesService } from '../changes/connection-changes.service.js';
import { LossPolicy } from '../losses/loss-policy.service.js';
import { RemoteConnections } from '../losses/remote-connections.service.js';
import { AdmissionService } from '../quarantine/admission.service.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { TokenRenewal } from '../tokens/token-renewal.service.js';
import {
  checkWithoutToken,
  resolveMissingUser,
  type MissingUserChecks,
  type MissingUserVerdict,
} from './missing-user.js';
import type { ReconciliationOutcome, UserReconciled } from './reconciliation.types.js';
import { UserComparison } from './user-comparison.js';

const LISTING = 'GET /users/me/connections';
const NOTHING = { added: 0, changed: 0, removed: 0, missing: 0, tokenRenewed: false };

/**
 * Updates the rows of one Powens user to the state at Powens: its connections, its token, and whether it exists. A user that is
 * out of use is checked, too, and reactivated when Powens finds it again.
 *
 * @internal
 */
@Injectable()
export class UserReconciliation {
  readonly #comparison: UserComparison;
  readonly #checks: MissingUserChecks;

  constructor(
    changes: ConnectionChangesRepository,
    connectionChanges: ConnectionChangesService,
    admission: AdmissionService,
    private readonly remotes: RemoteConnections,
    private readonly audit: TokenAudit,
    renewal: TokenRenewal,
    private readonly policy: LossPolicy,
  ) {
    this.#comparison = new UserComparison(changes, connectionChanges, admission, remotes);
    this.#checks = { renewal, remotes, policy };
  }

  /**
   * Reconciles a Powens user.
   *
   * @param mayRenew - whether a token that Powens no longer accepts is renewed, where the row allows it
   * @throws PowensApiError, StorageError, CustodyError, ConnectionsError `busy`: then no change is partial
   */
  async reconcile(state: PowensUserState, user: OwnedPowensUser, mayRenew: boolean): Promise<UserReconciled> {
    const startMs = performance.now();
    try {
      const reconciled = await inSpan('powens.reconcile', async () => this.check(state, user, mayRenew));
      recordReconciled(startMs, reconciled.outcome);
      return reconciled;
    } catch (error) {
      reconciliationDuration.recordSince(startMs, 'failed');
      throw error;
    }
  }

  private async check(
    state: PowensUserState,
    user: OwnedPowensUser,
    mayRenew: boolean,
  ): Promise<UserReconciled> {
    let sends = 0;
    try {
      const { left, ...found } = await this.#comparison.compare(state.owner, user, async () => {
        sends = 0;
        return this.list(state, user, mayRenew, () => (sends += 1));
      });
      const again = found.missing > 0 ? 'loss' : left > 0 ? 'callback' : null;
      return { outcome: { result: 'compared', ...found, tokenRenewed: sends > 1 }, again };
    } catch (error) {
      const verdict =
        error instanceof PowensApiError
          ? await resolveMissingUser(this.#checks, state, error, mayRenew)
          : null;
      if (verdict === null) {
        throw error;
      }
      return {
        outcome: { result: resultOf(verdict), ...NOTHING },
        again: verdict.verdict === 'suspected' ? 'loss' : null,
      };
    }
  }

  /**
   * Checks a Powens user whose token was revoked here. Its connections cannot be compared.
   *
   * @throws PowensApiError, StorageError
   */
  async reconcileWithoutToken(state: PowensUserState): Promise<void> {
    const startMs = performance.now();
    try {
      await inSpan('powens.reconcile', async () => checkWithoutToken(this.#checks, state));
      reconciliationDuration.recordSince(startMs, 'without_token');
    } catch (error) {
      reconciliationDuration.recordSince(startMs, 'failed');
      throw error;
    }
  }

  /** Sends twice when the token was lost and renewed in between. */
  private async list(
    state: PowensUserState,
    user: OwnedPowensUser,
    mayRenew: boolean,
    onSend: () => void,
  ): Promise<readonly PowensConnection[]> {
    const connections = await this.audit.record(
      state.owner,
      LISTING,
      async () => this.remotes.list(state.owner, user, { mayRenew, onSend }),
      { initiator: 'background' },
    );
    // The token works, so its user exists.
    await this.policy.foundUser(state, user.sealedToken);
    return connections;
  }
}

function recordReconciled(startMs: number, outcome: ReconciliationOutcome): void {
  reconciliationDuration.recordSince(startMs, outcome.result);
  reconciledConnections.add(outcome.added, 'added');
  reconciledConnections.add(outcome.changed, 'changed');
  reconciledConnections.add(outcome.removed, 'removed');
  reconciledConnections.add(outcome.missing, 'missing');
}

function resultOf({ subject, verdict }: MissingUserVerdict): ReconciliationOutcome['result'] {
  if (verdict !== 'applied') {
    return verdict;
  }
  return subject === 'user' ? 'user_gone' : 'token_revoked';
}
