import { resealRow, type SealedRow } from '../../../custody/sealed-row.js';
import type { ProviderBinding } from '../../../values/provider-binding.js';
import type { RebindRepository } from './rebind.repository.js';
import { verdictOf, type LeftReason, type ProofTools } from './row-proof.js';

/** Rows that are checked at Powens concurrently. */
const CONCURRENCY = 4;

/** Consecutive rows without an answer of Powens after which the run ends. */
const MAX_UNANSWERED = 12;

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
export interface RebindTools extends ProofTools {
  readonly rows: RebindRepository;
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
    const verdict = await verdictOf(row, this.plan.instance, this.tools);
    this.#unanswered = verdict === 'no_answer' ? this.#unanswered + 1 : 0;
    if (verdict === 'proven') {
      await this.rebind(row);
    } else if (verdict === 'no_token' || verdict === 'token_refused') {
      this.#unproven.push({ ...row, why: verdict });
    } else {
      this.leave(row, verdict);
    }
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
        if ((await verdictOf(row, this.plan.instance, this.tools)) === 'proven') return true;
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
