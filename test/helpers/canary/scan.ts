import { closeSync, openSync, readdirSync, readFileSync, readSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { formsOf, type Secret } from './forms.js';
import { NeedleIndex } from './needle-index.js';

const CHUNK = 8 * 1024 * 1024;

/** A place where a registered secret was found. The secret itself is not part of it. */
export interface Finding {
  readonly kind: string;
  readonly form: string;
  readonly file: string;
  readonly offset: number;
}

/** What a scan looked at, and what it found. */
export interface ScanReport {
  readonly secrets: number;
  readonly files: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

/** Reads the secrets that the collectors of all processes registered in a run folder. */
export function readSecrets(runFolder: string): Secret[] {
  const folder = join(runFolder, 'canary');
  const secrets = new Map<string, Secret>();
  for (const name of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean)) {
      const { kind, base64 } = JSON.parse(line) as { kind: string; base64: string };
      secrets.set(base64, { kind, bytes: Buffer.from(base64, 'base64') });
    }
  }
  return [...secrets.values()];
}

/** Looks for all forms of all secrets in every byte of the given files and folders. */
export function scan(secrets: readonly Secret[], places: readonly string[]): ScanReport {
  const search = new FileSearch(new NeedleIndex(secrets.flatMap(formsOf)));
  for (const file of secrets.length === 0 ? [] : places.flatMap(filesBelow)) search.read(file);
  return { secrets: secrets.length, ...search.totals() };
}

class FileSearch {
  readonly #index: NeedleIndex;
  readonly #overlap: number;
  readonly #buffer: Buffer;
  readonly #findings: Finding[] = [];
  #files = 0;
  #bytes = 0;

  constructor(index: NeedleIndex) {
    this.#index = index;
    this.#overlap = Math.max(0, index.longest - 1);
    this.#buffer = Buffer.allocUnsafe(CHUNK + this.#overlap);
  }

  totals(): Omit<ScanReport, 'secrets'> {
    return { files: this.#files, bytes: this.#bytes, findings: this.#findings };
  }

  read(file: string): void {
    const handle = openSync(file, 'r');
    this.#files += 1;
    try {
      let [position, carried, read] = [0, 0, 0];
      while ((read = readSync(handle, this.#buffer, carried, CHUNK, position)) > 0) {
        const chunk = this.#buffer.subarray(0, carried + read);
        for (const { needle, offset } of this.#index.search(chunk)) {
          // What lies wholly in the part carried over was found with the chunk before.
          if (offset + needle.bytes.length <= carried) continue;
          this.#findings.push({
            kind: needle.kind,
            form: needle.form,
            file,
            offset: position - carried + offset,
          });
        }
        position += read;
        carried = Math.min(this.#overlap, chunk.length);
        this.#buffer.copyWithin(0, chunk.length - carried, chunk.length);
      }
      this.#bytes += position;
    } finally {
      closeSync(handle);
    }
  }
}

function filesBelow(place: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(place, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') return [place];
    throw error;
  }
  return entries.flatMap((entry) => {
    const path = join(place, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
