import { Logger } from '@nestjs/common';
import { DEFAULT_INSTANCE } from '../../connections.constants.js';

/**
 * The logger of one part of a registration. The context of its lines names the registration, as `ConnectionsFlow:banks`;
 * that of the default one is the part alone.
 *
 * @internal
 */
export function loggerOf(part: string, { instance }: { readonly instance: string }): Logger {
  return new Logger(instance === DEFAULT_INSTANCE ? part : `${part}:${instance}`);
}
