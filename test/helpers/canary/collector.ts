import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';

/** Shorter values would be found by accident. */
const SHORTEST_SECRET = 8;

const known = new Set<string>();

/**
 * Registers a value that no output of this run may hold: a code, state, token, client secret, key.
 *
 * Strings are looked for as text and in base64, base64url, percent-encoded and hexadecimal form; bytes likewise, and raw.
 */
export function registerSecret(kind: string, value: string | Uint8Array): void {
  const bytes = Buffer.from(value);
  if (bytes.length < SHORTEST_SECRET) {
    throw new RangeError(`a registered secret (${kind}) must be at least ${SHORTEST_SECRET} bytes long`);
  }
  const line = JSON.stringify({ kind, base64: bytes.toString('base64') });
  if (known.has(line)) return;
  known.add(line);
  appendFileSync(secretsFile(inject('runFolder')), `${line}\n`, { mode: 0o600 });
}

/**
 * Hands text over to the scan at the end of the run: log lines, answers, URLs, events.
 *
 * @param source where the text comes from; it is named when a secret is found in it.
 */
export function captureOutput(source: string, text: string | Uint8Array): void {
  const name = source.replaceAll(/[^\w.-]+/g, '-').slice(0, 100);
  appendFileSync(join(inject('runFolder'), 'captured', `${name}.${process.pid}.log`), withNewline(text));
}

function withNewline(text: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(text), Buffer.from('\n')]);
}

/** One file per process: appends of two processes never mix. */
function secretsFile(runFolder: string): string {
  return join(runFolder, 'canary', `secrets.${process.pid}.ndjson`);
}
