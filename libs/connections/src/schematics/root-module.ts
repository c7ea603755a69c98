import type TypeScript from 'typescript';
import type { Compiler } from './source/compiler.js';
import { RefusedError, type Draft } from './files.js';
import { nodesOf, parse, type Source, specifierOf } from './source/source-text.js';
import { addImport, addToArray, insert } from './source/source-edits.js';

const PACKAGE = 'nestjs-powens-connections';

/**
 * Imports a module into the root module of the application.
 *
 * @throws RefusedError when the decorator of the root module is not written as an object literal, or another class has the name
 */
export function importInto(
  ts: Compiler,
  draft: Draft,
  root: { readonly path: string; readonly className: string },
  added: { readonly className: string; readonly from: string },
): void {
  const text = draft.read(root.path);
  const source = parse(ts, root.path, text);
  const known = specifierOf(ts, source, added.className);
  if (known !== undefined && known !== added.from) {
    throw new RefusedError(
      `${root.path} imports another ${added.className}, from '${known}'. Choose another name: --name bank-connections`,
    );
  }
  const metadata = metadataOf(ts, source, root.className);
  const items = metadata === undefined ? 'unknown' : addToArray(ts, metadata, 'imports', added.className);
  if (items === 'unknown') {
    throw new RefusedError(
      `${root.path}: @Module() of ${root.className} is not written as @Module({ imports: [...] }), and is left alone. ` +
        'Write it so, or name another module: --module <path>',
    );
  }
  if (items.length === 0) return;
  draft.write(root.path, insert(text, [...addImport(ts, source, [added.className], added.from), ...items]));
}

function metadataOf(
  ts: Compiler,
  { file }: Source,
  className: string,
): TypeScript.ObjectLiteralExpression | undefined {
  const declaration = file.statements
    .filter((one) => ts.isClassDeclaration(one))
    .find(({ name }) => name?.text === className);
  const calls = (declaration && ts.getDecorators(declaration))?.map(({ expression }) => expression) ?? [];
  const call = calls
    .filter((one) => ts.isCallExpression(one))
    .find(({ expression }) => expression.getText() === 'Module');
  const [argument] = call?.arguments ?? [];
  return argument !== undefined && ts.isObjectLiteralExpression(argument) ? argument : undefined;
}

/** The files that register `ConnectionsModule` already. */
export function registrations(ts: Compiler, draft: Draft, sources: readonly string[]): string[] {
  return sources.filter((path) => {
    const text = draft.read(path);
    return text.includes('ConnectionsModule') && registers(ts, parse(ts, path, text));
  });
}

function registers(ts: Compiler, source: Source): boolean {
  if (specifierOf(ts, source, 'ConnectionsModule') !== PACKAGE) return false;
  return [...nodesOf(ts, source.file, ts.isPropertyAccessExpression)].some(
    ({ expression, name }) =>
      expression.getText() === 'ConnectionsModule' && /^forRoot(Async)?$/.test(name.text),
  );
}
