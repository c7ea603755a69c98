import { CustodyError } from '../../errors/index.js';
import type { KeyRing } from '../crypto/key-ring.js';
import { isAuthentic, isAuthenticHead } from './audit-authenticator.js';
import { DROPPED, INTERRUPTED } from './audit-chain.js';
import type { AuditRepository } from './audit.repository.js';
import type { AuditHead, AuditRow } from './audit.rows.js';

/**
 * What a verification found.
 *
 * - `edited`: the row is not as it was written, was moved, or its people were removed by others
 * - `missing`: rows before this position were removed
 * - `truncated`: rows at the end were removed
 * - `head_edited`, `head_missing`: the row of `powens_audit_head` is not as it was written, or is not there
 * - `not_expected`: the row at the expected position is another one, or is missing
 * - `interrupted`: when this row was written, the end of the trail was not as it was left
 * - `dropped`: entries before this row are missing since the database was away for too long
 * - `key_unavailable`: the key of the row is not in the key ring, so nothing can be said about it
 *
 * @public
 */
export type AuditProblem =
  | 'edited'
  | 'missing'
  | 'truncated'
  | 'head_edited'
  | 'head_missing'
  | 'not_expected'
  | 'interrupted'
  | 'dropped'
  | 'key_unavailable';

/**
 * A place of the audit trail that is not as it should be.
 *
 * @public
 */
export interface AuditFinding {
  readonly problem: AuditProblem;
  /** A row of `powens_audit`; null when it concerns the whole trail. */
  readonly position: string | null;
}

/**
 * Result of a verification of the audit trail.
 *
 * @public
 */
export interface AuditReport {
  /** Whether nothing was found. */
  readonly intact: boolean;
  /** Rows that were read. */
  readonly checked: number;
  /** Rows whose owner was erased. */
  readonly anonymised: number;
  /** Position of the last row that the retention removed; `'0'` when it removed none. */
  readonly purgedPosition: string;
  /** The newest row, as `position:authenticator`: keep it elsewhere, and give it to a later verification; null when there is none. */
  readonly head: string | null;
  /** What was found, at most the first 100. */
  readonly findings: readonly AuditFinding[];
}

/**
 * Options of a verification.
 *
 * @public
 */
export interface AuditVerifyOptions {
  /** A `head` of an earlier report or of the log: the trail must still contain it. Detects that a whole older state was put back. */
  readonly expect?: string;
  /** Ends the verification after the page that is being read. */
  readonly signal?: AbortSignal;
  /** Called with the number of rows that were checked, after each page. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

const PAGE = 1000;
const MAX_FINDINGS = 100;

/** Reads a chain from its beginning to its end. */
export class AuditVerification {
  readonly #findings: AuditFinding[] = [];
  #checked = 0;
  #anonymised = 0;
  #position = 0n;
  #previous = '';
  #found = 0;
  #isHeadMet = false;
  #isExpectedMet = false;
  /** Whether the end was checked, too: not when it was aborted. */
  #isWhole = false;

  constructor(
    private readonly rows: AuditRepository,
    private readonly ring: KeyRing,
    private readonly expected: { readonly position: bigint; readonly mac: string } | null,
  ) {}

  async run({ signal, onProgress }: Pick<AuditVerifyOptions, 'signal' | 'onProgress'>): Promise<AuditReport> {
    // Before the rows: those that are appended meanwhile are read too, and come after it.
    const head = await this.rows.head();
    this.begin(head);
    this.pass(head);
    const total = Number((head?.position ?? 0n) - this.#position);
    onProgress?.({ done: 0, total });
    for (let page = await this.page(); page.length > 0; page = await this.page()) {
      for (const row of page) {
        this.check(row);
        this.pass(head);
      }
      onProgress?.({ done: this.#checked, total: Math.max(total, this.#checked) });
      if (signal?.aborted === true) {
        return this.report(head);
      }
    }
    await this.checkEnd(head);
    this.#isWhole = true;
    return this.report(head);
  }

  private async page(): Promise<AuditRow[]> {
    return this.rows.after(this.#position, PAGE);
  }

  /** Compares the row that was just read with those that are looked for. */
  private pass(head: AuditHead | null): void {
    this.#isHeadMet ||= this.isAt(head);
    this.#isExpectedMet ||= this.isAt(this.expected);
  }

  private isAt(place: { readonly position: bigint; readonly mac: string } | null): boolean {
    return place !== null && place.position === this.#position && place.mac === this.#previous;
  }

  private begin(head: AuditHead | null): void {
    if (head === null) {
      return;
    }
    if (this.isTrue(null, () => isAuthenticHead(head, this.rows.instance, this.ring))) {
      this.#position = head.purgedPosition;
      this.#previous = head.purgedMac;
    } else {
      this.note('head_edited', null);
    }
  }

  private check(row: AuditRow): void {
    const isNext = row.position === this.#position + 1n;
    if (!isNext) {
      this.note('missing', row.position);
    }
    // After a gap the authenticator of the row before is unknown, so this row cannot be checked by itself.
    const place = { instance: this.rows.instance, previous: this.#previous };
    if (isNext && !this.isTrue(row.position, () => isAuthentic(row, place, this.ring))) {
      this.note('edited', row.position);
    }
    if (row.operation === INTERRUPTED) this.note('interrupted', row.position);
    if (row.operation.startsWith(`${DROPPED} `)) this.note('dropped', row.position);
    this.#checked += 1;
    this.#anonymised += row.owner === null ? 1 : 0;
    this.#position = row.position;
    this.#previous = row.mac;
  }

  private async checkEnd(head: AuditHead | null): Promise<void> {
    if (head === null) {
      // The first entries may have been written since it was read.
      if (this.#checked > 0 && (await this.rows.head()) === null) this.note('head_missing', null);
    } else if (this.#position < head.position) {
      this.note('truncated', head.position);
    } else if (!this.#isHeadMet) {
      this.note('edited', head.position);
    }
    if (this.expected !== null && !this.#isExpectedMet) {
      this.note('not_expected', this.expected.position);
    }
  }

  /** Whether a check holds. One whose key is missing is noted, and counts as holding. */
  private isTrue(position: bigint | null, check: () => boolean): boolean {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof CustodyError && error.code === 'key_unavailable')) {
        throw error;
      }
      this.note('key_unavailable', position);
      return true;
    }
  }

  private note(problem: AuditProblem, position: bigint | null): void {
    this.#found += 1;
    if (this.#findings.length < MAX_FINDINGS) {
      this.#findings.push({ problem, position: position?.toString() ?? null });
    }
  }

  private report(head: AuditHead | null): AuditReport {
    return {
      intact: this.#isWhole && this.#found === 0,
      checked: this.#checked,
      anonymised: this.#anonymised,
      purgedPosition: (head?.purgedPosition ?? 0n).toString(),
      head: this.#position === 0n ? null : `${this.#position}:${this.#previous}`,
      findings: this.#findings,
    };
  }
}
