import { OutlineTokens, type OutlineScalar } from './outline-tokens.js';

/** Levels, members of an object, items of a list, values in all: more than 50 MiB of Powens' transactions have (WH-05). */
const BOUNDS = { depth: 64, members: 10_000, items: 1_000_000, values: 5_000_000 };

/** What a byte outside of tokens is. */
const QUOTE = 1;
const SPACE = 2;
const STRUCTURE = 3;
const KINDS = new Uint8Array(256);
for (const [kind, bytes] of [
  [QUOTE, '"'],
  [SPACE, ' \n\r\t'],
  [STRUCTURE, '{}[]:,'],
] as const) {
  for (const byte of Buffer.from(bytes)) {
    KINDS[byte] = kind;
  }
}
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Names that are wanted: at the root, in objects that stand there, and in the first items of lists that stand there. */
export interface OutlineNames {
  readonly root: ReadonlySet<string>;
  readonly inside: ReadonlyMap<string, ReadonlySet<string>>;
  readonly first: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Single values by name; a nested value is null. */
export type OutlineValues = Map<string, OutlineScalar>;

/** What was found: the values of the root, and of each object, or first item of a list, that was named and is there. */
export interface Outline {
  readonly root: OutlineValues;
  readonly inside: ReadonlyMap<string, OutlineValues>;
}

/** Tokens that may follow. */
type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'nothing';

/** An object or list that is open. */
interface Container {
  readonly isObject: boolean;
  /** Names that are wanted here; null when none are. */
  readonly wanted: ReadonlySet<string> | null;
  readonly values: OutlineValues | null;
  /** Name of a list that stands at the root. */
  readonly list: string | null;
  size: number;
}

/**
 * Reads the outline of a JSON object, byte by byte, as it arrives: it checks the grammar, and builds only the few
 * values that are named. Work is linear in the bytes and memory does not grow with them, so it may read unverified bodies.
 *
 * @see RFC 8259
 * @internal
 */
export class JsonOutline {
  readonly #tokens = new OutlineTokens();
  readonly #rootNames: ReadonlySet<string>;
  readonly #root: OutlineValues = new Map();
  readonly #inside = new Map<string, OutlineValues>();
  readonly #open: Container[] = [];
  #here: Container | undefined;
  #expected: Expected = 'value';
  #isName = false;
  /** The name of the next value, where it is wanted. */
  #name: string | null = null;
  #count = 0;
  #position = 0;
  #broken = false;

  constructor(
    private readonly names: OutlineNames,
    private readonly bounds: Readonly<typeof BOUNDS> = BOUNDS,
  ) {
    this.#rootNames = new Set([...names.root, ...names.inside.keys(), ...names.first.keys()]);
  }

  /** Whether it is certain already that this is no object within the bounds: nothing more needs to be read. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Takes the next bytes. */
  write(chunk: Uint8Array): void {
    let at = this.#skipMark(chunk);
    while (at < chunk.length && !this.#broken) {
      at = this.#tokens.isInside ? this.#continue(chunk, at) : this.#step(chunk[at] ?? 0, at);
    }
    this.#position += chunk.length;
  }

  /** @returns null when it is no JSON object, or beyond a bound */
  end(): Outline | null {
    return this.#expected === 'nothing' && !this.#broken ? { root: this.#root, inside: this.#inside } : null;
  }

  /** A byte order mark is no JSON, and was seen all the same. */
  #skipMark(chunk: Uint8Array): number {
    let at = 0;
    while (
      this.#position + at < BYTE_ORDER_MARK.length &&
      chunk[at] === BYTE_ORDER_MARK[this.#position + at]
    ) {
      at += 1;
    }
    return at;
  }

  #continue(chunk: Uint8Array, at: number): number {
    const next = this.#tokens.read(chunk, at);
    this.#broken = next === null;
    if (!this.#broken && !this.#tokens.isInside) {
      this.#ended(this.#tokens.value);
    }
    return next ?? at;
  }

  /** A text, number or word is complete. */
  #ended(token: OutlineScalar | undefined): void {
    if (this.#isName) {
      const isText = typeof token === 'object' && token !== null && 'text' in token;
      this.#name = isText && this.#here?.wanted?.has(token.text) === true ? token.text : null;
      this.#isName = false;
      this.#expected = 'colon';
      return;
    }
    this.#keep(token);
    this.#expected = 'comma or end';
  }

  #keep(token: OutlineScalar | undefined): void {
    const { values } = this.#here ?? {};
    if (this.#name === null || values === null || values === undefined) {
      return;
    }
    if (values === this.#root) {
      this.#inside.delete(this.#name);
    }
    // The last of two equal names wins, also when nothing is kept of it.
    values.delete(this.#name);
    if (token !== undefined && (values !== this.#root || this.names.root.has(this.#name))) {
      values.set(this.#name, token);
    }
  }

  /** Takes a byte outside of tokens. @returns the index to continue at */
  #step(byte: number, at: number): number {
    const kind = KINDS[byte];
    if (kind === QUOTE) {
      this.#beginText();
    } else if (kind === STRUCTURE) {
      this.#structure(byte);
    } else if (kind !== SPACE) {
      this.#broken = !this.#beginValue() || !this.#tokens.beginOther(byte, this.#name !== null);
      // Its first byte belongs to it.
      return at;
    }
    return at + 1;
  }

  #structure(byte: number): void {
    switch (byte) {
      case 0x7b:
      case 0x5b:
        this.#enter(byte === 0x7b);
        break;
      case 0x7d:
      case 0x5d:
        this.#leave(byte === 0x7d);
        break;
      case 0x3a:
        this.#expect('colon', 'value');
        break;
      default:
        this.#expect('comma or end', this.#here?.isObject === true ? 'name' : 'value');
    }
  }

  #expect(now: Expected, next: Expected): void {
    this.#broken = this.#expected !== now;
    this.#expected = next;
  }

  #beginText(): void {
    this.#isName = this.#expected === 'name' || this.#expected === 'name or end';
    if (this.#isName) {
      this.#tokens.beginText(this.#here?.wanted !== null);
    } else {
      this.#broken = !this.#beginValue();
      this.#tokens.beginText(this.#name !== null);
    }
  }

  /** Counts a value. @returns false when none may stand here, or there are too many. The root must be an object */
  #beginValue(): boolean {
    const here = this.#here;
    if (here === undefined || (this.#expected !== 'value' && this.#expected !== 'value or end')) {
      return false;
    }
    here.size += 1;
    this.#count += 1;
    const { members, items, values } = this.bounds;
    return here.size <= (here.isObject ? members : items) && this.#count <= values;
  }

  #enter(isObject: boolean): void {
    const isRoot = this.#here === undefined;
    const mayStand = isRoot ? isObject && this.#expected === 'value' : this.#beginValue();
    if (!mayStand || this.#open.length >= this.bounds.depth) {
      this.#broken = true;
      return;
    }
    if (!isRoot) {
      this.#keep(null);
    }
    const wanted = isRoot
      ? { wanted: this.#rootNames, values: this.#root, list: null }
      : this.#wantedIn(isObject);
    this.#here = { isObject, ...wanted, size: 0 };
    this.#open.push(this.#here);
    this.#name = null;
    this.#expected = isObject ? 'name or end' : 'value or end';
  }

  #wantedIn(isObject: boolean): Pick<Container, 'wanted' | 'values' | 'list'> {
    const isMember = this.#open.length === 1;
    const list = this.#here?.size === 1 ? this.#here.list : null;
    const name = (isMember ? this.#name : list) ?? '';
    const wanted = (isMember ? this.names.inside : this.names.first).get(name);
    if (!isObject || wanted === undefined) {
      return { wanted: null, values: null, list: isMember && !isObject ? name : null };
    }
    const values: OutlineValues = new Map();
    this.#inside.set(name, values);
    return { wanted, values, list: null };
  }

  #leave(isObject: boolean): void {
    const mayEnd: readonly Expected[] = ['comma or end', isObject ? 'name or end' : 'value or end'];
    this.#broken = this.#here?.isObject !== isObject || !mayEnd.includes(this.#expected);
    this.#open.pop();
    this.#here = this.#open.at(-1);
    this.#name = null;
    this.#expected = this.#here === undefined ? 'nothing' : 'comma or end';
  }
}
