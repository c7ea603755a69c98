/**
 * Whether a parsed value is nested no deeper than `most`; a flat object is 1 deep. Without recursion: what is asked about
 * is what would overflow a stack.
 *
 * @internal
 */
export function isNestedWithin(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > most) {
      return false;
    }
    level = level.flatMap(containersIn);
  }
  return true;
}

function containersIn(value: unknown): unknown[] {
  const inner: unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return inner.filter((each) => typeof each === 'object' && each !== null);
}
