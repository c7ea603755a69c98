import { readFileSync } from 'node:fs';
import type TypeScript from 'typescript';
import { type Compiler, readJson } from '../source/compiler.js';
import { RefusedError, type Draft } from '../files.js';
import { parse, propertyOf } from '../source/source-text.js';
import { gapBefore, insert, type Insertion } from '../source/source-edits.js';

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface OwnManifest {
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const PATH = 'package.json';

/** This package's own; the schematics are two folders below it, compiled or not. */
function ownManifest(): OwnManifest {
  return JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as OwnManifest;
}

/** Whether a script of the application runs migrations. */
export function runsMigrations(ts: Compiler, draft: Draft): boolean {
  return Object.values(manifestOf(ts, draft).scripts ?? {}).some((script) =>
    script.includes('migration:run'),
  );
}

/** Adds a script, before those that start the application. */
export function addScript(ts: Compiler, draft: Draft, name: string, command: string): void {
  addTo(ts, draft, {
    group: 'scripts',
    entries: { [name]: command },
    isAfter: (other) => other.startsWith('start'),
  });
}

/**
 * Adds the packages that the library needs beside it, and that the application does not list.
 *
 * @returns their names
 * @throws RefusedError when the application is of a version of Nest that the library does not run on
 */
export function addPeers(ts: Compiler, draft: Draft): string[] {
  const manifest = manifestOf(ts, draft);
  const present = { ...manifest.devDependencies, ...manifest.dependencies };
  const [, major] = /(\d+)/.exec(present['@nestjs/core'] ?? '') ?? [];
  const { peerDependencies, peerDependenciesMeta } = ownManifest();
  if (major === undefined || !peerDependencies['@nestjs/core']?.includes(`^${major}.`)) {
    throw new RefusedError(
      `package.json lists @nestjs/core ${present['@nestjs/core'] ?? 'nowhere'}: this library runs on ${peerDependencies['@nestjs/core'] ?? ''}.`,
    );
  }
  const missing = Object.entries(peerDependencies).filter(
    ([name]) => peerDependenciesMeta[name]?.optional !== true && present[name] === undefined,
  );
  const versions = missing.map(([name, range]) => {
    const [newest = range] = range.split(' || ').reverse();
    return [name, name.startsWith('@nestjs/') ? `^${major}.0.0` : newest] as const;
  });
  addTo(ts, draft, {
    group: 'dependencies',
    entries: Object.fromEntries(versions),
    isAfter: (other, name) => other > name,
  });
  return versions.map(([name]) => name);
}

function manifestOf(ts: Compiler, draft: Draft): Manifest {
  const manifest = readJson<Manifest>(ts, draft, PATH);
  if (manifest === undefined) {
    throw new RefusedError('There is no package.json here: run this in the folder of the application.');
  }
  return manifest;
}

/** Lines for an object of package.json; they stand before the first of its keys for which `isAfter` holds. */
interface Addition {
  readonly group: keyof Manifest;
  readonly entries: Readonly<Record<string, string>>;
  readonly isAfter: (other: string, name: string) => boolean;
}

/** Inserts lines, and leaves every other one as it is. */
function addTo(ts: Compiler, draft: Draft, { group, entries, isAfter }: Addition): void {
  const present = manifestOf(ts, draft)[group] ?? {};
  for (const name of Object.keys(entries).filter((one) => present[one] === undefined)) {
    const text = draft.read(PATH);
    const literal = objectOf(ts, text, group);
    const line = `${JSON.stringify(name)}: ${JSON.stringify(entries[name])}`;
    const next = literal.properties.find((one) => isAfter(keyOf(one), name));
    draft.write(PATH, insert(text, [next ? before(next, line) : atTheEnd(literal, line)]));
  }
}

function objectOf(ts: Compiler, text: string, group: string): TypeScript.ObjectLiteralExpression {
  const [statement] = parse(ts, PATH, text).file.statements;
  const root = statement && ts.isExpressionStatement(statement) ? statement.expression : undefined;
  const found = root && ts.isObjectLiteralExpression(root) ? propertyOf(ts, root, group) : undefined;
  if (
    found === undefined ||
    !ts.isPropertyAssignment(found) ||
    !ts.isObjectLiteralExpression(found.initializer)
  ) {
    throw new RefusedError(`package.json has no "${group}": write it there, and start again.`);
  }
  return found.initializer;
}

function keyOf({ name }: TypeScript.ObjectLiteralElementLike): string {
  return name?.getText().replace(/^"|"$/g, '') ?? '';
}

function before(node: TypeScript.Node, line: string): Insertion {
  return { at: node.getStart(), text: `${line},${gapBefore(node)}` };
}

function atTheEnd(literal: TypeScript.ObjectLiteralExpression, line: string): Insertion {
  const last = literal.properties.at(-1);
  return last === undefined
    ? { at: literal.getStart() + 1, text: ` ${line} ` }
    : { at: last.getEnd(), text: `,${gapBefore(last)}${line}` };
}
