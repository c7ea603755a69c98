import { readFileSync } from 'node:fs';

/** The operating system account that a private server runs under; empty means "the current one". */
export type ServerAccount = { readonly uid: number; readonly gid: number } | Record<string, never>;

/**
 * PostgreSQL refuses to run as root, so root needs an unprivileged account that exists in the password file.
 *
 * @returns an empty object for everyone but root.
 */
export function findServerAccount(): ServerAccount {
  if (process.getuid?.() !== 0) return {};
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error(
    'root has no unprivileged account to run PostgreSQL under (looked for postgres and nobody)',
  );
}
