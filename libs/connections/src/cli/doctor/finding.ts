import { ConnectionsError } from '../../errors/index.js';

/** What a check found. */
export interface Finding {
  /** `fix` makes the command end with 1; `note` is worth knowing. */
  readonly verdict: 'ok' | 'fix' | 'note' | 'skip';
  readonly check: string;
  /** The fact, and the repair. Never a secret. */
  readonly text: string;
}

/** Makes the findings of one check. */
export function findingsOf(check: string): Readonly<Record<Finding['verdict'], (text: string) => Finding>> {
  const make =
    (verdict: Finding['verdict']) =>
    (text: string): Finding => ({ verdict, check, text });
  return { ok: make('ok'), fix: make('fix'), note: make('note'), skip: make('skip') };
}

/** Writes a finding as one line. */
export function lineOf({ verdict, check, text }: Finding): string {
  return `${verdict.padEnd(4)}  ${check.padEnd(13)}  ${text}\n`;
}

/**
 * The printable text of an error: only messages of this library, since those of drivers quote rows and those of parsers the keys.
 *
 * @throws every error that is not of this library
 */
export function wordsOf(error: unknown): string {
  if (error instanceof ConnectionsError) {
    return error.message;
  }
  throw error;
}
