import { join, resolve } from 'node:path';
import type { PowensSandboxOptions } from '../sandbox.options.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { SandboxStartError } from './sandbox-start.error.js';

/** Why the system refuses a directory. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'its file system is read-only',
  ENOENT: 'it cannot be made',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'there is a file of that name',
  EISDIR: 'a directory is where a file belongs',
  ENAMETOOLONG: 'the path is too long',
};

/**
 * Opens the state: in memory, or what a directory holds.
 *
 * @throws SandboxStartError `data_dir_unwritable`, `data_dir_unreadable`
 */
export function openStore({ dataDir, seed = 0, clock }: PowensSandboxOptions): SandboxStore {
  const directory = dataDir === undefined ? undefined : join(dataDir, 'powens-sandbox');
  const startsAt = clock?.getTime();
  try {
    return new SandboxStore({
      seed,
      ...(directory === undefined ? {} : { directory }),
      ...(startsAt === undefined ? {} : { startsAt }),
    });
  } catch (error) {
    throw explained(resolve(dataDir ?? ''), error);
  }
}

function explained(dataDir: string, cause: unknown): SandboxStartError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = REASONS[code];
  return reason === undefined
    ? new SandboxStartError(
        'data_dir_unreadable',
        `The state in ${join(dataDir, 'powens-sandbox')} cannot be read: it is damaged, or its journal.key belongs to another ` +
          'journal.log. Move that directory away, or choose another data-dir.',
        { cause },
      )
    : new SandboxStartError(
        'data_dir_unwritable',
        `The data-dir ${dataDir} cannot be used: ${reason} (${code}). Choose a directory that this user can write.`,
        { cause },
      );
}
