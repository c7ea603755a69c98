import { describe, expect, it } from 'vitest';
import { ProgressDisplay } from './progress-display.js';

function displayed(isTTY: boolean, steps: readonly number[], more = {}): string {
  let text = '';
  const display = new ProgressDisplay({ isTTY, write: (piece) => (text += piece) }, 're-encrypted');
  for (const done of steps) display.show({ done, total: 1000, skipped: 0, unreadable: 0, ...more });
  display.end();
  return text;
}

describe(ProgressDisplay.name, () => {
  it('should draw a bar that stays in its line on a terminal', () => {
    const text = displayed(true, [0, 500, 1000]);
    expect(text.split('\r')).toHaveLength(4);
    expect(text.match(/\n/g)).toHaveLength(1);
    expect(text).toContain(`[${'#'.repeat(15)}${'-'.repeat(15)}] 50 %, 500 of 1000 rows re-encrypted`);
    expect(text.endsWith(`[${'#'.repeat(30)}] 100 %, 1000 of 1000 rows re-encrypted\n`)).toBe(true);
  });

  it('should write a plain line for every tenth elsewhere', () => {
    const steps = Array.from({ length: 101 }, (_, index) => index * 10);
    const text = displayed(false, steps);
    // Control characters are for terminals.
    expect(text).toMatch(/^[\x20-\x7e\n]+$/);
    expect(text.trimEnd().split('\n')).toHaveLength(11);
  });

  it('should tell of rows skipped and unreadable, and of nothing when there are none', () => {
    expect(displayed(false, [10], { skipped: 2, unreadable: 1 })).toBe(
      '1 %, 10 of 1000 rows re-encrypted, 2 skipped, 1 unreadable\n',
    );
    expect(displayed(false, [10])).toBe('1 %, 10 of 1000 rows re-encrypted\n');
  });

  it('should be full when there is nothing to do, or more than was counted', () => {
    expect(displayed(false, [0], { total: 0 })).toBe('100 %, 0 of 0 rows re-encrypted\n');
    expect(displayed(false, [12], { total: 10 })).toContain('100 %');
  });
});
