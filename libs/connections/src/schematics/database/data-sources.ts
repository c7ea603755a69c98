import type TypeScript from 'typescript';
import type { Compiler } from '../source/compiler.js';
import { RefusedError, type Draft } from '../files.js';
import { bare, parse, propertyOf } from '../source/source-text.js';
import { addImport, addToArray, insert } from '../source/source-edits.js';
import { type Use, usesIn } from './data-source-uses.js';

const ENTITIES = 'CONNECTIONS_ENTITIES';
const MIGRATIONS = 'CONNECTIONS_MIGRATIONS';

/** What the application has of TypeORM. */
export interface DataSources {
  /** Files with `TypeOrmModule.forRoot` or `forRootAsync`, for the application. */
  readonly modules: readonly string[];
  /** Files with `new DataSource`, which the command line of TypeORM takes. */
  readonly forCommandLine: readonly string[];
  /** Files whose options a person has to complete, as they are not literals. */
  readonly unknown: readonly string[];
}

/**
 * Adds entities and migrations of the library to the DataSource that the application has. One that has a `name` of its own is left
 * alone: the library uses the one without.
 *
 * @throws RefusedError when it is not one of PostgreSQL
 */
export function completeDataSources(ts: Compiler, draft: Draft, sources: readonly string[]): DataSources {
  const uses = sources
    .filter((path) => draft.read(path).includes('typeorm'))
    .flatMap((path) => usesIn(ts, draft, parse(ts, path, draft.read(path))))
    .filter(({ options }) => options === undefined || propertyOf(ts, options.literal, 'name') === undefined);
  for (const { options, path } of uses) {
    if (options !== undefined) assertPostgres(ts, options.literal, path);
  }
  const unknown = new Set(uses.filter(({ options }) => options === undefined).map(({ path }) => path));
  const literals = new Map(
    uses.flatMap(({ options }) =>
      options === undefined ? [] : [[`${options.source.path}:${options.literal.pos}`, options] as const],
    ),
  );
  for (const path of new Set([...literals.values()].map(({ source }) => source.path))) {
    const own = [...literals.values()].filter(({ source }) => source.path === path);
    if (
      !complete(
        ts,
        draft,
        path,
        own.map(({ literal }) => literal),
      )
    ) {
      unknown.add(path);
    }
  }
  const files = (kind: Use['kind']): string[] => [
    ...new Set(uses.filter((use) => use.kind === kind).map(({ path }) => path)),
  ];
  return { modules: files('module'), forCommandLine: files('command'), unknown: [...unknown] };
}

function assertPostgres(ts: Compiler, literal: TypeScript.ObjectLiteralExpression, path: string): void {
  const type = propertyOf(ts, literal, 'type');
  const value = type !== undefined && ts.isPropertyAssignment(type) ? bare(ts, type.initializer) : undefined;
  if (value !== undefined && ts.isStringLiteralLike(value) && value.text !== 'postgres') {
    throw new RefusedError(
      `The DataSource of ${path} is one of ${value.text}. The tables of this library are made for PostgreSQL: give it a ` +
        'DataSource with a name of its own, and that name to `dataSource` of ConnectionsModule: see docs/options.md.',
    );
  }
}

/** @returns false when a list is not written as an array literal, and a person has to add to it */
function complete(
  ts: Compiler,
  draft: Draft,
  path: string,
  literals: readonly TypeScript.ObjectLiteralExpression[],
): boolean {
  const text = draft.read(path);
  const lists = literals.flatMap((literal) => [
    addToArray(ts, literal, 'entities', `...${ENTITIES}`),
    addToArray(ts, literal, 'migrations', `...${MIGRATIONS}`),
  ]);
  const known = lists.filter((list) => list !== 'unknown');
  if (known.length < lists.length) return false;
  const added = known.flat();
  if (added.length === 0) return true;
  const imports = addImport(ts, parse(ts, path, text), [ENTITIES, MIGRATIONS], 'nestjs-powens-connections');
  draft.write(path, insert(text, [...imports, ...added]));
  return true;
}
