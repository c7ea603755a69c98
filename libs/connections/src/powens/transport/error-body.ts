import type { AxiosResponse } from 'axios';
import type { PowensFailure } from '../../errors/powens-api.error.js';
import type { Secret } from '../../values/secrets/secret.js';
import type { WireError } from '../powens.wire.js';
import { isRecord } from '../wire-values.js';
import { parseExactJson } from '../../values/json/exact-json.js';
import { oneLineOf } from '../../values/one-line.js';

/**
 * Removes secrets from a text that came from outside.
 *
 * @internal
 */
export type Scrub = (text: string) => string;

/**
 * Makes a {@link Scrub} of what a call sent, should the answer echo it: as it is, within JSON, or within a URL.
 *
 * @internal
 */
export function scrubber(clientSecret: string, secrets: readonly Secret[]): Scrub {
  return (text) =>
    secrets.reduce((left, secret) => secret.use((clear) => redact(left, clear)), redact(text, clientSecret));
}

function redact(text: string, secret: string): string {
  const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
  return forms.reduce((left, form) => (form === '' ? left : left.replaceAll(form, '[redacted]')), text);
}

const DESCRIPTION_LENGTH = 200;
const WORD_LENGTH = 64;

/**
 * Reads the error body of an answer that is not a success.
 *
 * @see https://docs.powens.com/api-reference/overview/errors
 * @internal
 */
export function parseErrorBody(
  answer: AxiosResponse<unknown>,
  scrub: Scrub,
): Pick<PowensFailure, 'powensCode' | 'description' | 'requestId'> {
  const text = typeof answer.data === 'string' ? answer.data : '';
  const wire = errorObject(text);
  const line = (value: unknown, length: number): string | null =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
      ? oneLineOf(scrub(String(value)), length)
      : null;
  return {
    powensCode: line(wire?.code, WORD_LENGTH),
    // A gateway answers in HTML when it fails: its first words are all the diagnosis there is.
    description: line(wire === null ? text : wire.description, DESCRIPTION_LENGTH),
    requestId: line(wire?.request_id ?? wire?.requestId, WORD_LENGTH) ?? requestIdOf(answer, scrub),
  };
}

/**
 * The id that Powens gave a request, from the headers of its answer; null when it gave none.
 *
 * @internal
 */
export function requestIdOf(answer: AxiosResponse<unknown>, scrub: Scrub): string | null {
  const id = header(answer, 'x-request-id');
  return typeof id === 'string' ? oneLineOf(scrub(id), WORD_LENGTH) : null;
}

function errorObject(text: string): WireError | null {
  try {
    const value = parseExactJson(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * A header of an answer, whatever container axios put them in.
 *
 * @internal
 */
export function header(answer: AxiosResponse<unknown>, name: string): unknown {
  return (answer.headers as Record<string, unknown>)[name];
}
