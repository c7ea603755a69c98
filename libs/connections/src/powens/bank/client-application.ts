import { fields, UnexpectedShapeError } from '../wire-values.js';
import type { WireClient } from './bank.wire.js';

/**
 * Reads the redirect URIs of a client application: a list, or a text with commas or line ends between them.
 *
 * @see https://docs.powens.com/api-reference/api-setup/client-applications
 * @internal
 */
export function parseRedirectUris(body: unknown): readonly string[] {
  const { redirect_uris: listed }: WireClient = fields(body);
  const parts: unknown[] | null = typeof listed === 'string' ? listed.split(/[,\n]/) : asList(listed);
  if (parts === null) {
    throw new UnexpectedShapeError('redirect_uris');
  }
  return parts.flatMap((part) => (typeof part === 'string' && part.trim() !== '' ? [part.trim()] : []));
}

function asList(value: unknown): unknown[] | null {
  return Array.isArray(value) ? value : null;
}
