import { dirname } from 'node:path';

/** The reasons why the system refuses a directory, as text. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'it cannot be written by this user',
  EPERM: 'it cannot be written by this user',
  EROFS: 'it is on a read-only file system',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'there is a file of that name',
  ENAMETOOLONG: 'the path is too long',
};

/** The data directory cannot be used: the message says why and what to do. */
export class DataDirError extends Error {
  constructor(
    readonly dataDir: string,
    reason: string,
    advice = 'Set DATA_DIR to a directory that this user can write.',
  ) {
    super(`DATA_DIR ${dataDir} cannot be used: ${reason}. ${advice}`);
    this.name = DataDirError.name;
  }

  /**
   * Explains an error of the file system, or of the content of the directory.
   *
   * @param path - the part of the data directory that was touched
   */
  static of(path: string, error: unknown): DataDirError {
    if (error instanceof DataDirError) {
      return error;
    }
    const reason = REASONS[(error as NodeJS.ErrnoException | null)?.code ?? ''];
    return reason === undefined
      ? new DataDirError(
          dirname(path),
          `${path} cannot be read (${error instanceof Error ? firstLine(error.message) : 'unknown'})`,
          'Move it away, or set DATA_DIR to another directory.',
        )
      : new DataDirError(path, reason);
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
