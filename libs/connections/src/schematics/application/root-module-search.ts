import type { Compiler } from '../source/compiler.js';
import { type Draft, RefusedError } from '../files.js';
import { nodesOf, parse, resolveImport, type Source, specifierOf } from '../source/source-text.js';

/** The root module of an application, and its file. */
export interface RootModule {
  readonly path: string;
  readonly className: string;
}

const STARTS = new Set(['create', 'createMicroservice', 'createApplicationContext', 'run']);

const FACTORIES = new Set(['NestFactory', 'CommandFactory']);

/** The module that the program starts with. */
export function rootModuleOf(ts: Compiler, draft: Draft, entry: string): RootModule {
  const source = parse(ts, entry, draft.read(entry));
  for (const call of nodesOf(ts, source.file, ts.isCallExpression)) {
    const [first] = call.arguments;
    const { expression } = call;
    const starts =
      ts.isPropertyAccessExpression(expression) &&
      FACTORIES.has(expression.expression.getText()) &&
      STARTS.has(expression.name.text);
    if (starts && first !== undefined && ts.isIdentifier(first)) {
      return { path: declaringFile(ts, draft, source, first.text), className: first.text };
    }
  }
  throw new RefusedError(
    `${entry} does not start a module by NestFactory.create(AppModule). Name the root module: --module <path>`,
  );
}

function declaringFile(ts: Compiler, draft: Draft, source: Source, className: string): string {
  const specifier = specifierOf(ts, source, className);
  if (specifier === undefined) return source.path;
  const found = resolveImport(draft, source.path, specifier);
  if (found === undefined) {
    throw new RefusedError(
      `${source.path} imports ${className} from "${specifier}", which is no file beside it. Name it: --module <path>`,
    );
  }
  return found;
}

/** The module that a file named by a person holds. */
export function moduleIn(ts: Compiler, draft: Draft, path: string): RootModule {
  const { file } = parse(ts, path, draft.read(path));
  const classes = file.statements
    .filter((one) => ts.isClassDeclaration(one))
    .filter((one) => ts.getDecorators(one)?.some((each) => each.getText().startsWith('@Module(')));
  const [only, ...others] = classes;
  if (only?.name === undefined || others.length > 0) {
    throw new RefusedError(`${path} has ${classes.length} classes with @Module(): one is needed.`);
  }
  return { path, className: only.name.text };
}
