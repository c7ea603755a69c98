/** One combination of what an application is made of. */
export interface Cell {
  /** A line of Node, whose newest version runs it. */
  readonly node: string;
  readonly nest: string;
  readonly typeorm: string;
  readonly format: 'esm' | 'cjs';
  readonly adapter: 'express' | 'fastify';
  readonly resolution: 'nodenext' | 'node16' | 'node';
  readonly runner: 'jest' | 'vitest';
  /** One of the few that the gate runs. */
  readonly corner?: true;
}

/** The lowest of the peer range, the last without a signal of the HTTP adapter, and the newest of each major. */
const [FLOOR, WITHOUT_SIGNAL, NEST_11, NEST_12] = ['11.0.0', '11.1.3', '11', '12'] as const;
const [TYPEORM_0, TYPEORM_1] = ['0.3.31', '1.1.1'] as const;

/**
 * Left out, as they cannot work: Jest with Nest 12 on Node 20 and 22 (Jest loads no ES module there), and `node16` in a CommonJS
 * application (TypeScript knows `require` of an ES module only as `nodenext` or `commonjs`).
 */
export const CELLS: readonly Cell[] = [
  cell('20.20', FLOOR, TYPEORM_0, 'cjs express node jest', true),
  cell('24', FLOOR, TYPEORM_1, 'esm express nodenext vitest'),
  // `@nestjs/platform-fastify` 11.0.0 itself asks for Nest 10.
  cell('22', '11.1.0', TYPEORM_1, 'cjs fastify nodenext jest'),
  cell('20.19', '11.1.0', TYPEORM_0, 'esm fastify node16 vitest'),
  cell('20.19', WITHOUT_SIGNAL, TYPEORM_1, 'cjs express nodenext vitest'),
  cell('24', WITHOUT_SIGNAL, TYPEORM_0, 'esm fastify node16 vitest'),
  cell('24', NEST_11, TYPEORM_0, 'cjs express node jest'),
  cell('20.19', NEST_11, TYPEORM_1, 'esm express nodenext vitest'),
  cell('22', NEST_11, TYPEORM_1, 'cjs fastify nodenext jest', true),
  cell('20.20', NEST_11, TYPEORM_0, 'esm fastify node16 vitest'),
  cell('22', NEST_12, TYPEORM_0, 'esm express nodenext vitest'),
  cell('24', NEST_12, TYPEORM_1, 'esm fastify nodenext vitest', true),
  cell('20.19', NEST_12, TYPEORM_1, 'cjs express node vitest'),
  cell('20.20', NEST_12, TYPEORM_0, 'cjs fastify nodenext vitest'),
  cell('20.20', NEST_12, TYPEORM_1, 'esm express node16 vitest'),
  cell('24', NEST_12, TYPEORM_0, 'cjs express nodenext jest'),
];

function cell(...[node, nest, typeorm, rest, corner]: [string, string, string, string, true?]): Cell {
  const [format, adapter, resolution, runner] = rest.split(' ');
  return { node, nest, typeorm, format, adapter, resolution, runner, ...(corner && { corner }) } as Cell;
}

/** The name of a cell, in the order of the table. */
export function nameOf({ node, nest, typeorm, format, adapter, resolution, runner }: Cell): string {
  return `Node ${node}, Nest ${nest}, TypeORM ${typeorm}, ${format}, ${adapter}, ${resolution}, ${runner}`;
}
