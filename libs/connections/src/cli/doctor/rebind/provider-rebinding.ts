import type { ConnectionChangesRepository } from '../../../connections/connection-changes.repository.js';
import type { KeyRing } from '../../../custody/crypto/key-ring.js';
import { openRow, resealRow, type SealedRow } from '../../../custody/sealed-row.js';
import { CustodyError, PowensApiError } from '../../../errors/index.js';
import type { PowensClient } from '../../../powens/powens.client.js';
import type { AccessToken } from '../../../values/secrets/access-token.js';
import type { ProviderBinding } from '../../../values/provider-binding.js';
import type { RebindRepository } from './rebind.repository.js';

/** Rows that are checked at Powens concurrently. */
const CONCURRENCY = 4;

/** Consecutive rows without an answer of Powens after which the run ends. */
const MAX_UNANSWERED = 12;

/** Why a row was not changed. */
export type LeftReason =
  | 'key_unavailable'
  | 'token_tampered'
  | 'no_token'
  | 'token_refused'
  | 'another_user'
  | 'other_connections'
  | 'no_answer'
  | 'changed_meanwhile';

/** A row that was not changed. */
export interface LeftRow {
  readonly userId: string;
  readonly reason: LeftReason;
}

/** The progress of a run. */
export interface RebindProgress {
  readonly rebound: number;
  readonly left: number;
}

/** The scope of a run. */
export interface RebindPlan {
  readonly instance: string;
  readonly from: ProviderBinding;
  readonly to: ProviderBinding;
  /** Whether rows that no token can prove are rebound, too, once another row was proven. */
  readonly withoutToken: boolean;
}

/** What a run uses. `powens` calls the provider that the rows are bound to from now on. */
export interface RebindTools {
  readonly rows: RebindRepository;
  readonly connections: Pick<ConnectionChangesRepository, 'findEveryOf'>;
  readonly ring: KeyRing;
  readonly powens: PowensClient;
}

/**
 * Binds Powens users to another provider, each only after that provider proved with the user's own token that it is the
 * same user. Each row is committed on its own: a second run continues with the rest.
 */
export class ProviderRebinding {
  #rebound = 0;
  #unanswered = 0;
  readonly #left: LeftRow[] = [];
  /** Rows that no token can prove: the application itself must be proven by another row before. */
  readonly #unproven: (SealedRow & { readonly why: 'no_token' | 'token_refused' })[] = [];

  constructor(
    private readonly plan: RebindPlan,
    private readonly tools: RebindTools,
  ) {}

  /**
   * Works through the rows.
   *
   * @param onProgress - called after every few rows
   * @returns the number of rows that were rebound, those that were left and why, and whether Powens stopped answering
   */
  async run(
    onProgress: (progress: RebindProgress) => void,
  ): Promise<{ readonly rebound: number; readonly left: readonly LeftRow[]; readonly isStopped: boolean }> {
    for await (const page of this.tools.rows.pages(this.plan.from)) {
      for (let start = 0; start < page.length && !this.isStopped; start += CONCURRENCY) {
        await Promise.all(page.slice(start, start + CONCURRENCY).map(async (row) => this.prove(row)));
        onProgress({ rebound: this.#rebound, left: this.#left.length + this.#unproven.length });
      }
      if (this.isStopped) break;
    }
    await this.finishUnproven();
    onProgress({ rebound: this.#rebound, left: this.#left.length });
    return { rebound: this.#rebound, left: this.#left, isStopped: this.isStopped };
  }

  private get isStopped(): boolean {
    return this.#unanswered >= MAX_UNANSWERED;
  }

  private async prove(row: SealedRow): Promise<void> {
    const verdict = await this.verdictOf(row);
    this.#unanswered = verdict === 'no_answer' ? this.#unanswered + 1 : 0;
    if (verdict === 'proven') {
      await this.rebind(row);
    } else if (verdict === 'no_token' || verdict === 'token_refused') {
      this.#unproven.push({ ...row, why: verdict });
    } else {
      this.leave(row, verdict);
    }
  }

  private async verdictOf(row: SealedRow): Promise<'proven' | LeftReason> {
    try {
      const token = openRow(row, this.plan.instance, this.tools.ring);
      return token === null ? 'no_token' : await this.ask(row, token);
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** The same number is another person's user elsewhere: only the same user has a connection that is known here. */
  private async ask(row: SealedRow, token: AccessToken): Promise<'proven' | LeftReason> {
    const { powens, connections } = this.tools;
    const { id } = await powens.getUser(token);
    if (id !== row.powensUserId) {
      return 'another_user';
    }
    const known = (await connections.findEveryOf(row.userId)).filter(({ status }) => status === 'active');
    if (known.length === 0) {
      return 'proven';
    }
    const listed = new Set((await powens.listConnections(token)).map((connection) => connection.id));
    return known.some(({ powensConnectionId }) => listed.has(powensConnectionId))
      ? 'proven'
      : 'other_connections';
  }

  private async finishUnproven(): Promise<void> {
    const isAllowed = this.plan.withoutToken && !this.isStopped && (await this.isApplicationProven());
    for (const row of this.#unproven) {
      if (isAllowed) {
        await this.rebind(row);
      } else {
        this.leave(row, row.why);
      }
    }
  }

  /** Whether a token stored here, of a row that was rebound now or before, is accepted by the new provider. */
  private async isApplicationProven(): Promise<boolean> {
    if (this.#rebound > 0) {
      return true;
    }
    for await (const page of this.tools.rows.pages(this.plan.to)) {
      for (const row of page) {
        if ((await this.verdictOf(row)) === 'proven') return true;
      }
      // One page is enough to find a counterexample.
      return false;
    }
    return false;
  }

  private async rebind(row: SealedRow): Promise<void> {
    const { instance, to } = this.plan;
    const { ring, rows } = this.tools;
    const resealed = resealRow(row, instance, ring, to);
    if (await rows.replace(row, { ...resealed, provider: to, keyId: ring.primaryId })) {
      this.#rebound += 1;
    } else {
      this.leave(row, 'changed_meanwhile');
    }
  }

  private leave({ userId }: SealedRow, reason: LeftReason): void {
    this.#left.push({ userId, reason });
  }
}

/** Only Powens' own error codes are evidence about a token: a page of a proxy is not. */
function reasonOf(error: unknown): LeftReason {
  if (error instanceof CustodyError) {
    return error.code === 'key_unavailable' ? 'key_unavailable' : 'token_tampered';
  }
  if (!(error instanceof PowensApiError)) {
    throw error;
  }
  const { status, powensCode } = error.failure;
  return powensCode !== null && [401, 404].includes(status ?? 0) ? 'token_refused' : 'no_answer';
}
