import type { Output } from './output.js';

const WIDTH = 30;
/** Rows for a line where their number is not known. */
const LINE_EVERY = 1000;
const ERASE_LINE = '\r\u001B[K';

/** How far a run is. */
export interface Progress {
  readonly done: number;
  /** Null where it is not known before the end. */
  readonly total: number | null;
  readonly skipped?: number;
  readonly unreadable?: number;
}

/**
 * Shows the progress of a run: a bar that stays in its line on a terminal, else one line for every tenth.
 */
export class ProgressDisplay {
  #tenths = -1;

  /** @param what - `re-encrypted`, `checked` */
  constructor(
    private readonly output: Output,
    private readonly what: string,
  ) {}

  show(progress: Progress): void {
    const { done, total, skipped = 0, unreadable = 0 } = progress;
    if (total === null) {
      this.showCount(done);
      return;
    }
    const seen = done + skipped + unreadable;
    // Rows may be added during the run: never show more than 100 %.
    const share = total === 0 ? 1 : Math.min(1, seen / total);
    const text = `${Math.floor(share * 100)} %, ${done} of ${total} rows ${this.what}${rest({ skipped, unreadable })}`;
    if (this.output.isTTY === true) {
      const full = Math.floor(share * WIDTH);
      this.output.write(`${ERASE_LINE}[${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}] ${text}`);
    } else if (Math.floor(share * 10) > this.#tenths) {
      this.#tenths = Math.floor(share * 10);
      this.output.write(`${text}\n`);
    }
  }

  private showCount(done: number): void {
    const text = `${done} rows ${this.what}`;
    if (this.output.isTTY === true) {
      this.output.write(`${ERASE_LINE}${text}`);
    } else if (done % LINE_EVERY === 0) {
      this.output.write(`${text}\n`);
    }
  }

  /** Leaves the line of the bar. */
  end(): void {
    if (this.output.isTTY === true) {
      this.output.write('\n');
    }
  }
}

function rest({ skipped, unreadable }: { skipped: number; unreadable: number }): string {
  const words = [
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(unreadable === 0 ? [] : [`${unreadable} unreadable`]),
  ];
  return words.map((word) => `, ${word}`).join('');
}

/** Runs something long, and shows how far it is. */
export async function withProgress<T>(
  output: Output,
  what: string,
  run: (onProgress: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const display = new ProgressDisplay(output, what);
  try {
    return await run((progress) => {
      display.show(progress);
    });
  } finally {
    display.end();
  }
}
