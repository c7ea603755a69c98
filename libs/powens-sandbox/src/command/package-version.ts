import { readFileSync } from 'node:fs';

/** The version of the package that this file belongs to: of the nearest `package.json` above it. */
export function packageVersion(): string {
  for (let folder = new URL('./', import.meta.url); ; folder = new URL('../', folder)) {
    try {
      const manifest = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
        version?: string;
      };
      return manifest.version ?? 'unknown';
    } catch (error) {
      if (folder.pathname === '/') {
        throw error;
      }
    }
  }
}
