/** What `expand` asks for: names, each with what to expand inside it. */
export type Expansion = ReadonlyMap<string, Expansion>;

const NOTHING: Expansion = new Map();

/**
 * Reads `expand=a,b[c,d[e]]`. Unknown names are kept: who reads the result ignores them.
 *
 * @see protocol notes, section 1, "Expansion"
 */
export function parseExpand(text: string | undefined): Expansion {
  return text === undefined || text === '' ? NOTHING : readList({ text, at: 0 });
}

interface Cursor {
  readonly text: string;
  at: number;
}

function readList(cursor: Cursor): Expansion {
  const found = new Map<string, Expansion>();
  while (cursor.at < cursor.text.length && cursor.text[cursor.at] !== ']') {
    const name = readName(cursor);
    let inside = NOTHING;
    if (cursor.text[cursor.at] === '[') {
      cursor.at += 1;
      inside = readList(cursor);
      // Steps over the closing bracket; a missing one is forgiven, as the end of the text closes all.
      cursor.at += 1;
    }
    if (name !== '') {
      found.set(name, inside);
    }
    if (cursor.text[cursor.at] === ',') {
      cursor.at += 1;
    }
  }
  return found;
}

function readName(cursor: Cursor): string {
  const start = cursor.at;
  while (cursor.at < cursor.text.length && !',[]'.includes(cursor.text[cursor.at] ?? ',')) {
    cursor.at += 1;
  }
  return cursor.text.slice(start, cursor.at).trim();
}
