import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CSS } from './page.css.js';

/** A file of the page, ready to be sent. */
export interface Asset {
  readonly type: string;
  readonly text: string;
}

/** `dist`, where the build puts what runs in browsers beside what runs here. */
const BUILT = fileURLToPath(new URL('../../', import.meta.url));

/** Folders of compiled browser code, and the names that they have below `/assets`. Imports between them are relative. */
const FOLDERS = [
  ['element', join('libs', 'connections', 'src', 'element')],
  ['client', join('libs', 'connections', 'src', 'client')],
  ['page', join('src', 'page', 'browser')],
] as const;

/** Reads all files of the page once: a request can name one of them, and nothing else of the disk. */
export function readAssets(): ReadonlyMap<string, Asset> {
  const scripts = FOLDERS.flatMap(([name, folder]) =>
    scriptsBelow(join(BUILT, folder)).map((file): [string, Asset] => [
      `${name}/${file}`,
      { type: 'text/javascript; charset=utf-8', text: readFileSync(join(BUILT, folder, file), 'utf8') },
    ]),
  );
  return new Map([...scripts, ['page/page.css', { type: 'text/css; charset=utf-8', text: CSS }]]);
}

/** None where the sources run without a build, as in tests of other parts. */
function scriptsBelow(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith('.js')).map((name) => name.replaceAll('\\', '/'));
  } catch {
    return [];
  }
}
