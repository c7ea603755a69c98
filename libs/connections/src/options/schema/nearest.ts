/** Changes of characters that a misspelt name may have: two, one third of a long name, one of a very short one. */
function changesAllowed({ length }: string): number {
  return length <= 3 ? 1 : Math.max(2, Math.floor(length / 3));
}

/**
 * Finds the path that was probably meant: of the same group a similar name, elsewhere the same one.
 *
 * @param path - that does not exist
 * @param known - paths that do
 * @returns null when none is similar
 */
export function nearestOf(path: string, known: readonly string[]): string | null {
  const [group, name] = split(path);
  const rated = known
    .map((candidate) => ({ candidate, changes: changesTo(candidate, group, name) }))
    .filter(({ changes }) => changes <= changesAllowed(name))
    .sort((one, other) => one.changes - other.changes);
  return rated[0]?.candidate ?? null;
}

function changesTo(candidate: string, group: string, name: string): number {
  const [candidateGroup, candidateName] = split(candidate);
  const changes = changesBetween(name.toLowerCase(), candidateName.toLowerCase());
  // One more, so that a name of the own group is preferred.
  return candidateGroup === group ? changes : 1 + (changes === 0 ? 0 : Infinity);
}

function split(path: string): [group: string, name: string] {
  const at = path.lastIndexOf('.');
  return [path.slice(0, Math.max(at, 0)), path.slice(at + 1)];
}

/** Insertions, deletions and replacements of characters that make one text of another (Levenshtein). */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [done, character] of Array.from(from).entries()) {
    const next = [done + 1];
    for (const [index, other] of Array.from(to).entries()) {
      const replaced = (row[index] ?? 0) + (character === other ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
