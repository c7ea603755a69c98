import { invalidValue, missingParameter } from './sandbox-api.error.js';

/** Reads the fields of a JSON or form body, or of a query string: numbers and strings alike, as the provider does. */
export class Fields {
  private readonly source: Record<string, unknown>;

  constructor(source: unknown) {
    this.source =
      typeof source === 'object' && source !== null && !Array.isArray(source)
        ? (source as Record<string, unknown>)
        : {};
  }

  /** True when the field was sent, whatever its value: `?all`, `?all=` and `?all=true` are equivalent. */
  has(name: string): boolean {
    return this.source[name] !== undefined;
  }

  /** The field as sent, unread. */
  raw(name: string): unknown {
    return this.source[name];
  }

  /** The fields of an object inside; the fields themselves where there is none, as a flat form has it. */
  inside(name: string): Fields {
    const sent = this.source[name];
    return typeof sent === 'object' && sent !== null ? new Fields(sent) : this;
  }

  /** The field as text; the first one when it is repeated; undefined when absent, null or empty. */
  text(name: string): string | undefined {
    const sent = this.source[name];
    const value: unknown = Array.isArray(sent) ? sent[0] : sent;
    if (value === undefined || value === null || value === '') {
      return undefined;
    }
    if (typeof value === 'string') {
      return value;
    }
    if (typeof value === 'number' || typeof value === 'boolean') {
      return String(value);
    }
    throw invalidValue(name);
  }

  /** The field as text, refused when absent. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) {
      throw missingParameter(name);
    }
    return value;
  }

  /** The field as a whole number that is not negative. */
  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) {
      return undefined;
    }
    if (!/^\d{1,15}$/.test(value)) {
      throw invalidValue(name);
    }
    return Number(value);
  }

  /** The field as a decimal number. */
  decimal(name: string): number | undefined {
    const value = this.text(name);
    if (value !== undefined && !/^[-+]?\d{1,15}(?:\.\d{1,15})?$/.test(value)) {
      throw invalidValue(name);
    }
    return value === undefined ? undefined : Number(value);
  }

  /** The field as a boolean; `true`, `"true"`, `1` and `"1"` are true. */
  flag(name: string): boolean | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : value === 'true' || value === '1';
  }

  /** A comma-separated list in one parameter. */
  list(name: string): string[] {
    return (this.text(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
}

/** The fields of a body and of the query of one request: the provider takes them from either. */
export function fieldsOf({ query, body }: { query: unknown; body: unknown }): Fields {
  return new Fields({ ...(query as object | null), ...(body as object | null) });
}

/** A property that is there only when it was given: what an exact optional property wants. */
export function given<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<K, V>>);
}
