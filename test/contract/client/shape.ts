/** What a value must be. `T` is its type in TypeScript, which the shape only carries. */
export interface Shape<T> {
  /** What is wrong with a value; empty when it fits. */
  problems(value: unknown, at: string): string[];
  /** Whether the reference allows null. */
  readonly isNullable?: true;
  /** Whether the key may be missing from an object. */
  readonly isOptional?: true;
  readonly type?: T;
}

/** The type of a shape. */
export type TypeOf<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends { isOptional: true } ? K : never;
}[keyof F];

/** The type of an object with these fields. */
export type ObjectOf<F extends Fields> = { [K in Exclude<keyof F, OptionalKeys<F>>]: TypeOf<F[K]> } & {
  [K in OptionalKeys<F>]?: TypeOf<F[K]>;
};

/** An object whose fields can be asked for. */
export interface ObjectShape<F extends Fields> extends Shape<ObjectOf<F>> {
  readonly name: string;
  readonly fields: F;
}

function plain<T>(name: string, fits: (value: unknown) => boolean): Shape<T> {
  return {
    problems: (value, at) => (fits(value) ? [] : [`${at} is no ${name}: ${JSON.stringify(value)}`]),
  };
}

const matches =
  (form: RegExp) =>
  (value: unknown): boolean =>
    typeof value === 'string' && form.test(value);

export const integer = plain<number>('integer', Number.isSafeInteger);
export const id = plain<number>('id', (value) => Number.isSafeInteger(value) && Number(value) > 0);
export const decimal = plain<number>('decimal', Number.isFinite);
export const text = plain<string>('text', (value) => typeof value === 'string');
export const boolean = plain<boolean>('boolean', (value) => typeof value === 'boolean');
/** `2026-03-14` */
export const date = plain<string>('Date', matches(/^\d{4}-\d\d-\d\d$/));
/** `2026-03-14 09:26:53`, without an offset. */
export const dateTime = plain<string>('DateTime', matches(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/));
/** What the reference does not describe. */
export const anything = plain<unknown>('value', (value) => value !== undefined);

/** One of the words that the reference lists. */
export function word<W extends string>(...words: readonly W[]): Shape<W> {
  return plain<W>(`word of ${words.join(', ')}`, (value) => words.includes(value as W));
}

/** The value, or null. */
export function nullable<T>(inner: Shape<T>): Shape<T | null> {
  return { problems: (value, at) => (value === null ? [] : inner.problems(value, at)), isNullable: true };
}

/** A key that may be missing: of an older description, or added by `expand`. */
export function optional<T>(inner: Shape<T>): Shape<T> & { isOptional: true } {
  return { ...inner, problems: (value, at) => inner.problems(value, at), isOptional: true };
}

/** Either of two forms: where two sources contradict each other. */
export function either<A, B>(one: Shape<A>, other: Shape<B>): Shape<A | B> {
  return {
    problems: (value, at) => {
      const found = one.problems(value, at);
      return found.length === 0 || other.problems(value, at).length === 0 ? [] : found;
    },
  };
}

/** A list, of items that all fit. */
export function listOf<T>(item: Shape<T>): Shape<readonly T[]> {
  return {
    problems: (value, at) =>
      Array.isArray(value)
        ? value.flatMap((one: unknown, rank) => item.problems(one, `${at}[${rank}]`))
        : [`${at} is no list`],
  };
}

/** An object with keys of the caller's. */
export function mapOf<T>(inner: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return {
    problems: (value, at) =>
      isObject(value)
        ? Object.entries(value).flatMap(([key, one]) => inner.problems(one, `${at}.${key}`))
        : [`${at} is no object`],
  };
}

/** An object with these keys and no other. */
export function object<F extends Fields>(name: string, fields: F): ObjectShape<F> {
  return { name, fields, problems: (value, at) => problemsOf(fields, value, at) };
}

function problemsOf(fields: Fields, value: unknown, at: string): string[] {
  if (!isObject(value)) {
    return [`${at} is no object: ${JSON.stringify(value)}`];
  }
  const missing = Object.entries(fields)
    .filter(([key, field]) => !(key in value) && field.isOptional !== true)
    .map(([key]) => `${at}.${key} is missing`);
  const found = Object.entries(value).flatMap(([key, one]) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    return field === undefined
      ? [`${at}.${key} is not in the reference`]
      : field.problems(one, `${at}.${key}`);
  });
  return [...missing, ...found];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
