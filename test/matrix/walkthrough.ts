import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A block of code of a document. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The blocks below a heading of a document, in their order. */
export function blocksBelow(heading: string, document: string): Block[] {
  const text = readFileSync(document, 'utf8');
  const [, section] = text.split(`\n## ${heading}\n`);
  if (section === undefined) {
    throw new Error(`${document} has no heading "${heading}"`);
  }
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language = '', body = '']) => ({
    language,
    text: body,
  }));
}

/** Writes a block whose first line names its file. @returns the path */
export function writeBlock({ text }: Block, folder: string): string {
  const [, path] = /^\/\/ (\S+)\n/.exec(text) ?? [];
  if (path === undefined) {
    throw new Error(`this block does not say which file it is:\n${text}`);
  }
  writeFileSync(join(folder, path), text);
  return path;
}

/** Applies a block of changes to a file, as a person does who reads it. */
export function applyChanges({ text }: Block, file: string): void {
  const lines = text.trimEnd().split('\n');
  const sideOf = (sign: '-' | '+'): string =>
    lines
      .filter((line) => line.startsWith(sign) || line.startsWith(' ') || line === '')
      .map((line) => line.slice(1))
      .join('\n');
  const [before, after] = [sideOf('-'), sideOf('+')];
  const content = readFileSync(file, 'utf8');
  if (content.split(before).length !== 2) {
    throw new Error(`${file} does not contain, once:\n${before}\nbut:\n${content}`);
  }
  writeFileSync(
    file,
    content.replace(before, () => after),
  );
}
