import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';

const KEY_BYTES = 32;

/**
 * Reads the development key of a data directory, and creates it the first time. It is stored beside the data that it
 * seals, so it protects nothing: hence the warning at every start.
 *
 * @returns the key, as `CONNECTIONS_KEYS` would hold it
 */
export function developmentKey(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'development.key');
  createOnce(path, `dev:${randomBytes(KEY_BYTES).toString('base64')}\n`);
  new Logger('Host').warn(
    `DEVELOPMENT KEY: access tokens are sealed with ${path}. Everyone who can read that file can open them. ` +
      'Set CONNECTIONS_KEYS for anything but a demonstration.',
  );
  return readFileSync(path, 'utf8').trim();
}

/** Written to a temporary file, then linked: a crash never leaves half a key, and two processes never create two. */
function createOnce(path: string, content: string): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, content, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  } finally {
    rmSync(draft, { force: true });
  }
}
