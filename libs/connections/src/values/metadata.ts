import { ConnectionsError } from '../errors/index.js';
import { isKeptText } from './kept-text.js';

/**
 * Metadata that the application stores with a connection: up to 20 texts by name, as `{ project: 'atlas' }`. Names of 1
 * to 64 characters, values of up to 512, on one line. Not sealed: no secret belongs here.
 *
 * @public
 */
export type ConnectionMetadata = Readonly<Record<string, string>>;

const MAX_ENTRIES = 20;
const MAX_OF_NAME = 64;
const MAX_OF_VALUE = 512;

/**
 * Checks metadata and copies it.
 *
 * @throws ConnectionsError `invalid_request`, whose message contains no value of it
 */
export function metadataOf(given: unknown): ConnectionMetadata {
  const isSmall = isFlat(given) && Object.keys(given).length <= MAX_ENTRIES;
  const entries = isSmall ? Object.entries(given) : null;
  if (entries === null || !entries.every(isEntry)) {
    throw new ConnectionsError(
      'invalid_request',
      `metadata must be a flat object of at most ${MAX_ENTRIES} texts: names of 1 to ${MAX_OF_NAME} characters, ` +
        `values of at most ${MAX_OF_VALUE}, without control characters.`,
    );
  }
  return Object.fromEntries(entries as [string, string][]);
}

function isFlat(value: unknown): value is Record<string, unknown> {
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : '';
  return prototype === Object.prototype || prototype === null;
}

/** `__proto__` would not become an entry in a careless copy, but a prototype. */
function isEntry([name, value]: [string, unknown]): boolean {
  return name !== '__proto__' && isKeptText(name, 1, MAX_OF_NAME) && isKeptText(value, 0, MAX_OF_VALUE);
}
