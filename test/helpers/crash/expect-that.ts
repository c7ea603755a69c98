/** Fails a check of a sweep, with words that say what is wrong: the sweep adds the point where the process had died. */
export function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
