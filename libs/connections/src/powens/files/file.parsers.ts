import type { AxiosResponse } from 'axios';
import type { Readable } from 'node:stream';
import { oneLineOf } from '../../values/one-line.js';
import { looseText } from '../bank/bank-values.js';
import { rawOf } from '../bank/plain-json.js';
import { parisDate } from '../paris-date.js';
import { header } from '../transport/error-body.js';
import { fields, id } from '../wire-values.js';
import type { PowensAttachment, PowensFile } from './file.types.js';

const NAME_LENGTH = 255;
const TYPE_LENGTH = 128;

/** Reads an attachment. */
export function parseAttachment(body: unknown): PowensAttachment {
  const wire = fields(body);
  return {
    id: id(wire['id'], 'id'),
    name: looseText(wire['name']),
    description: looseText(wire['description']),
    contentType: looseText(wire['mime_type']),
    length: lengthOf(wire['size']),
    lastUpdatedAt: parisDate(wire['last_update']),
    raw: rawOf(wire),
  };
}

/** What the headers of an answer say of its bytes. */
export function fileOf(answer: AxiosResponse<Readable>): PowensFile {
  const type = header(answer, 'content-type');
  return {
    stream: answer.data,
    contentType: typeof type === 'string' ? oneLineOf(type, TYPE_LENGTH) : null,
    length: lengthOf(header(answer, 'content-length')),
    name: nameOf(header(answer, 'content-disposition')),
  };
}

function lengthOf(value: unknown): number | null {
  const text = String(value);
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The last part of the name: nothing that a host may join to a path leads out of its folder. */
function nameOf(disposition: unknown): string | null {
  const name = typeof disposition === 'string' ? filenameIn(disposition) : '';
  const last = oneLineOf(name.split(/[/\\]/).at(-1) ?? '', NAME_LENGTH) ?? '';
  return ['', '.', '..'].includes(last) ? null : last;
}

/** @see RFC 6266 */
function filenameIn(disposition: string): string {
  const extended = /filename\*=UTF-8''([^;\s]+)/i.exec(disposition)?.[1];
  const [, quoted, bare] = /filename="((?:[^"\\]|\\.)*)"|filename=([^;\s]+)/i.exec(disposition) ?? [];
  return decoded(extended) ?? quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
