import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { TYPES, VALUES } from './public-api.js';
import { BROKERS, CLIENT, CONSUMER, CUSTOM, ELEMENT } from './subpaths.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every name that an entry of the library exports: those that exist when the program runs, and those of types only. */
function exportedNames(entry = 'index.ts'): { values: string[]; types: string[] } {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const index = join(root, 'libs', 'connections', 'src', entry);
  const program = ts.createProgram([index], { ...options, noEmit: true, incremental: false });
  const checker = program.getTypeChecker();
  const file = checker.getSymbolAtLocation(program.getSourceFile(index)!)!;
  const names: { values: string[]; types: string[] } = { values: [], types: [] };
  for (const symbol of checker.getExportsOfModule(file)) {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const { flags } = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
    names[(flags & ts.SymbolFlags.Value) === 0 ? 'types' : 'values'].push(symbol.name);
  }
  return { values: names.values.sort(), types: names.types.sort() };
}

describe('the public API', () => {
  it('should be exactly what was decided', () => {
    // A name that is missing here breaks hosts; a new one is a promise for years.
    expect(exportedNames()).toEqual({ values: VALUES, types: TYPES });
  });

  it('should offer connections without the webview on a subpath of their own', () => {
    const { values, types } = exportedNames('custom/index.ts');
    expect([...types, ...values].sort()).toEqual(CUSTOM);
  });

  it('should offer a client for browsers on a subpath of its own', () => {
    const { values, types } = exportedNames('client/index.ts');
    expect([...types, ...values].sort()).toEqual(CLIENT);
  });

  it('should offer an indicator for Terminus on a subpath of its own', () => {
    const { values, types } = exportedNames('health/index.ts');
    expect([...types, ...values]).toEqual(['ConnectionsHealthIndicator']);
  });

  it('should offer an element for browsers on a subpath of its own', () => {
    const { values, types } = exportedNames('element/index.ts');
    expect([...types, ...values].sort()).toEqual(ELEMENT);
  });

  it('should offer publishers for brokers on a subpath of their own', () => {
    const { values, types } = exportedNames('brokers/index.ts');
    expect([...types, ...values].sort()).toEqual(BROKERS);
  });

  it('should offer a consumer of events on a subpath of its own', () => {
    const { values, types } = exportedNames('consumer/index.ts');
    expect([...types, ...values].sort()).toEqual(CONSUMER);
  });
});
