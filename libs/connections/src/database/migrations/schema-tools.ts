import {
  Table,
  TableCheck,
  TableForeignKey,
  TableIndex,
  type DataSource,
  type QueryRunner,
  type TableColumnOptions,
} from 'typeorm';

/** Columns by name; a bare text is the type of a column that must be set. */
export type Columns = Record<string, string | Partial<TableColumnOptions>>;

/** A column that may be empty. */
export const nullable = (type: string, length?: number): Partial<TableColumnOptions> => ({
  type,
  isNullable: true,
  ...(length === undefined ? {} : { length: String(length) }),
});

/** A text of at most `length` characters. */
export const text = (length: number): Partial<TableColumnOptions> => ({
  type: 'varchar',
  length: String(length),
});

/** An index of some rows only. */
export interface PartialIndex {
  readonly columns: string[];
  readonly where: string;
}

/** Describes an index of those rows that meet a condition. */
export const partial = (columns: string[], where: string): PartialIndex => ({ columns, where });

/** A table with its keys, by name and without the host's prefix. */
export interface Shape {
  readonly columns: Columns;
  readonly unique?: Record<string, string[] | PartialIndex>;
  /** By name: the columns, or those of a partial index with its predicate. */
  readonly indexes?: Record<string, string[] | PartialIndex>;
  readonly checks?: Record<string, string>;
  readonly foreignKey?: { name: string; column: string; table: string };
}

/** Describes a table where the host keeps the library's. */
export function table(runner: QueryRunner, name: string, shape: Shape): Table {
  const named = (key: string): string => keyName(runner, key);
  const index =
    (isUnique: boolean) =>
    ([key, on]: [string, string[] | PartialIndex]) =>
      new TableIndex({
        name: named(key),
        isUnique,
        ...(Array.isArray(on) ? { columnNames: on } : { columnNames: on.columns, where: on.where }),
      });
  const { foreignKey } = shape;
  return new Table({
    name: path(runner, name),
    columns: columnsOf(shape.columns).map((column) => ({
      ...column,
      ...(column.isPrimary === true ? { primaryKeyConstraintName: named(`${name}_pkey`) } : {}),
    })),
    indices: [
      ...Object.entries(shape.unique ?? {}).map(index(true)),
      ...Object.entries(shape.indexes ?? {}).map(index(false)),
    ],
    checks: Object.entries(shape.checks ?? {}).map(
      ([key, expression]) => new TableCheck({ name: named(key), expression }),
    ),
    foreignKeys: foreignKey
      ? [
          new TableForeignKey({
            name: named(foreignKey.name),
            columnNames: [foreignKey.column],
            referencedTableName: path(runner, foreignKey.table),
            referencedColumnNames: ['id'],
          }),
        ]
      : [],
  });
}

/** Completes columns. */
export function columnsOf(columns: Columns): TableColumnOptions[] {
  return Object.entries(columns).map(([name, options]) => ({
    name,
    ...(typeof options === 'string' ? { type: options } : { type: 'text', ...options }),
  }));
}

/** Name of a key or check, with the host's prefix: a schema has one name for each. */
export function keyName(runner: QueryRunner, key: string): string {
  return `${prefixOf(runner)}${key}`;
}

/**
 * Path of a table, with the host's schema and prefix: as its naming strategy makes it, where the DataSource of the migration knows the
 * entities.
 */
export function path(runner: QueryRunner, name: string): string {
  const { options, entityMetadatas } = dataSourceOf(runner);
  const known = entityMetadatas.find(({ givenTableName }) => givenTableName === name);
  if (known !== undefined) {
    return known.tablePath;
  }
  const { schema } = options as Placed;
  return `${schema === undefined ? '' : `${schema}.`}${prefixOf(runner)}${name}`;
}

function prefixOf(runner: QueryRunner): string {
  return (dataSourceOf(runner).options as Placed).entityPrefix ?? '';
}

/** Options that say where tables are. */
interface Placed {
  readonly schema?: string;
  readonly entityPrefix?: string;
}

/** TypeORM 0.3 names the property `connection`, 1.x `dataSource`. */
function dataSourceOf(runner: QueryRunner): DataSource {
  const { dataSource } = runner as Partial<QueryRunner>;
  return dataSource ?? runner.connection;
}
