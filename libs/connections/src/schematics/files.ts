/** A folder of the application; the part of a `DirEntry` of `@angular-devkit/schematics` that is used here. */
export interface Folder {
  readonly subdirs: readonly string[];
  readonly subfiles: readonly string[];
  dir(name: string): Folder;
}

/**
 * The files of the application; the part of a `Tree` of `@angular-devkit/schematics` that is used here. The Nest CLI brings that
 * package, and not always where this one could import it.
 */
export interface FileTree {
  read(path: string): { toString(encoding: 'utf8'): string } | null;
  exists(path: string): boolean;
  create(path: string, content: string): void;
  overwrite(path: string, content: string): void;
  getDir(path: string): Folder;
}

/** Why nothing was changed, and what the person can do. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

const SOURCE = /(?<!\.d|\.spec|\.test|-spec)\.ts$/;
const NOT_SOURCES = new Set(['node_modules', 'dist', 'coverage', '.git']);

/** Changes of files that are kept in memory until every step has succeeded: a refusal changes nothing. */
export class Draft {
  readonly #changed = new Map<string, string>();

  constructor(private readonly tree: FileTree) {}

  exists(path: string): boolean {
    return this.#changed.has(path) || this.tree.exists(path);
  }

  /** The text of a file, with the changes so far. @returns undefined when there is none */
  find(path: string): string | undefined {
    return this.#changed.get(path) ?? this.tree.read(path)?.toString('utf8');
  }

  /** @throws RefusedError when there is no such file */
  read(path: string): string {
    const text = this.find(path);
    if (text === undefined) {
      throw new RefusedError(`There is no file ${path}.`);
    }
    return text;
  }

  write(path: string, text: string): void {
    this.#changed.set(path, text);
  }

  /** The TypeScript files of a folder and its subfolders, without tests. */
  sourcesBelow(folder: string): string[] {
    return listSources(this.tree.getDir(folder), folder);
  }

  /** The TypeScript files of a folder itself. */
  sourcesIn(folder: string): string[] {
    return this.tree
      .getDir(folder)
      .subfiles.filter((name) => SOURCE.test(name))
      .map((name) => join(folder, name));
  }

  /** Hands the changes to the tree. */
  commit(): void {
    for (const [path, text] of this.#changed) {
      if (!this.tree.exists(path)) {
        this.tree.create(path, text);
      } else if (this.tree.read(path)?.toString('utf8') !== text) {
        this.tree.overwrite(path, text);
      }
    }
  }
}

function listSources(folder: Folder, path: string): string[] {
  const own = folder.subfiles.filter((name) => SOURCE.test(name)).map((name) => join(path, name));
  const below = folder.subdirs
    .filter((name) => !NOT_SOURCES.has(name))
    .flatMap((name) => listSources(folder.dir(name), join(path, name)));
  return [...own, ...below];
}

/** Joins paths of the application, which have slashes on every system. */
export function join(folder: string, name: string): string {
  return folder === '' || folder === '.' ? name : `${folder}/${name}`;
}

/** The folder of a path; empty for a file of the root. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
