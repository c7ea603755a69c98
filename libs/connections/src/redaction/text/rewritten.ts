/** What is shown in place of the text from the end of a match to `end`. */
interface Rewriting {
  readonly end: number;
  readonly shown: string;
}

/**
 * Replaces what follows matches of `before`. The search continues behind what was replaced, and otherwise behind the match alone: so that
 * what follows may be a match, too.
 */
export function rewritten(
  text: string,
  before: RegExp,
  rewrite: (match: RegExpExecArray, start: number) => Rewriting | null,
): string {
  const search = before;
  search.lastIndex = 0;
  let shown = '';
  let from = 0;
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const start = search.lastIndex;
    const rewriting = rewrite(match, start);
    if (rewriting !== null) {
      shown += text.slice(from, start) + rewriting.shown;
      from = rewriting.end;
      search.lastIndex = Math.max(start, from);
    }
  }
  return shown + text.slice(from);
}
