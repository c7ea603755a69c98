/** How sure a source is: A documented and confirmed by a client, B one good source, C weak, old or inferred. */
export type Confidence = 'A' | 'B' | 'C';

/** The JSON types of the provider's fields; `date` and `dateTime` are texts of a fixed form. */
export type FieldType =
  'integer' | 'decimal' | 'text' | 'boolean' | 'date' | 'dateTime' | 'object' | 'list' | 'any';

/** One field of a resource. `T` is its type in TypeScript. */
export interface Field<T> {
  readonly type: FieldType;
  readonly isNullable: boolean;
  /** Where the field is less sure, or surer, than its resource. */
  readonly confidence?: Confidence;
  /** False where the sandbox writes null or an empty value always: the key is there, and nothing makes a value. */
  readonly isSimulated?: false;
  /** Of an object or a list: the resource inside. */
  readonly inside?: Resource<Fields>;
  /** Of a list of plain values: their type. */
  readonly items?: Field<unknown>;
  /** Only carries the type. */
  readonly example?: T;
}

/** The fields of a resource, in the order in which they are written. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** One row of the table of resources: what the provider writes, and where that is documented. */
export interface Resource<F extends Fields> {
  readonly name: string;
  readonly source: string;
  readonly confidence: Confidence;
  readonly fields: F;
  /** Keys that only `expand`, a route or a webhook adds. */
  readonly added: Fields;
  /** The keys in order, nullable ones as null: every object starts as a copy of it. */
  readonly blank: Readonly<Record<string, unknown>>;
}

/** An object of a resource, as it is written. */
export type WireOf<F extends Fields> = { -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

type NullableKeys<W> = { [K in keyof W]: null extends W[K] ? K : never }[keyof W];

/** What an object is made from: nullable fields may be left out and are null then. */
export type ValuesOf<W> = Omit<W, NullableKeys<W>> & Partial<Pick<W, NullableKeys<W>>>;

function field<T>(type: FieldType): Field<T> {
  return { type, isNullable: false };
}

export const integer = field<number>('integer');
export const decimal = field<number>('decimal');
export const text = field<string>('text');
export const boolean = field<boolean>('boolean');
/** A day without a time: `2026-03-14`. */
export const date = field<string>('date');
/** Paris wall clock without offset: `2026-03-14 09:26:53`. */
export const dateTime = field<string>('dateTime');
/** An object or a value that no source describes. */
export const anything = field<unknown>('any');

/** The same field where the provider may write null. */
export function orNull<T>(of: Field<T>): Field<T | null> {
  return { ...(of as Field<T | null>), isNullable: true };
}

/** The same field with a confidence of its own. */
export function sure<T>(confidence: Confidence, of: Field<T>): Field<T> {
  return { ...of, confidence };
}

/** The same field where the sandbox has no value for it, ever. */
export function unsimulated<T>(of: Field<T>): Field<T> {
  return { ...of, isSimulated: false };
}

/** An object of another resource. */
export function one<F extends Fields>(inside: Resource<F>): Field<WireOf<F>> {
  return { type: 'object', isNullable: false, inside };
}

/** A list of objects of another resource. */
export function many<F extends Fields>(inside: Resource<F>): Field<WireOf<F>[]> {
  return { type: 'list', isNullable: false, inside };
}

/** A list of plain values. */
export function listOf<T>(items: Field<T>): Field<readonly T[]> {
  return { type: 'list', isNullable: false, items };
}

/** Describes a resource. */
export function resource<F extends Fields>(
  name: string,
  { source, confidence }: { source: string; confidence: Confidence },
  fields: F,
  added: Fields = {},
): Resource<F> {
  const blank = Object.fromEntries(
    Object.entries(fields).map(([key, { isNullable }]) => [key, isNullable ? null : undefined]),
  );
  return { name, source, confidence, fields, added, blank };
}

/** Writes an object of a resource: every key is there, in the documented order, and null where nothing is known. */
export function write<F extends Fields>(of: Resource<F>, values: ValuesOf<WireOf<F>>): WireOf<F> {
  return { ...of.blank, ...values } as WireOf<F>;
}

/** A page of the provider's documentation. */
export const docs = (page: string): string => `https://docs.powens.com/api-reference/${page}`;
