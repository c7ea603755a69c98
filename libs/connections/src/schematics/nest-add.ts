import { loadCompiler, type Compiler } from './source/compiler.js';
import { completeDataSources } from './database/data-sources.js';
import { addEnvironment } from './env-lines.js';
import { Draft, join, RefusedError, type FileTree } from './files.js';
import { addPeers, addScript, runsMigrations } from './application/manifest.js';
import { dataSourceFile, moduleFile, namesOf, ownerFile, type Names } from './new-files.js';
import { findProject, type NestAddOptions, type Project } from './application/project.js';
import { importInto, registrations } from './root-module.js';
import type { SchematicContext } from './schematic-context.js';
import { stepsOf } from './left-to-do.js';

interface Changes {
  readonly ts: Compiler;
  readonly draft: Draft;
  readonly project: Project;
  readonly names: Names;
  readonly domain: string;
}

/**
 * The schematic of `nest add nestjs-powens-connections`: registers the module in the root module, completes the DataSource or writes
 * one, and adds settings and missing packages. What stands there already is kept, so a second run changes nothing.
 *
 * @param options - see `schema.json`
 * @throws RefusedError where the application is not written in a way that can be changed; nothing is changed then
 */
export default function nestAdd(options: NestAddOptions) {
  return <T extends FileTree>(tree: T, context: SchematicContext): T => {
    const ts = loadCompiler(process.cwd());
    const draft = new Draft(tree);
    const project = findProject(ts, draft, options);
    const names = namesOf(options.name ?? 'banks', project.extension);
    if (names.moduleClass === 'ConnectionsModule') {
      throw new RefusedError(
        '"connections" is the name of the module of the library. Choose another one: --name bank-connections',
      );
    }
    const packages = addPeers(ts, draft);
    const steps = change({ ts, draft, project, names, domain: options.domain ?? '' });
    draft.commit();
    finish(context, steps, packages.length > 0 && options.skipInstall !== true);
    return tree;
  };
}

function change({ ts, draft, project, names, domain }: Changes): string {
  const registered = registrations(ts, draft, project.sources);
  const own = join(project.sourceRoot, `${names.name}.module.ts`);
  if (registered.length > 0 && !registered.includes(own)) {
    return `${registered[0] ?? ''} registers ConnectionsModule already: nothing but missing packages was added.`;
  }
  const existing = completeDataSources(ts, draft, project.sources);
  const isDataSourceNew = existing.forCommandLine.length === 0;
  const dataSource = existing.forCommandLine[0] ?? join(project.sourceRoot, 'data-source.ts');
  if (isDataSourceNew) create(draft, dataSource, dataSourceFile());
  if (registered.length === 0) {
    const isModuleNeeded = existing.modules.length === 0;
    if (isModuleNeeded && !isDataSourceNew) refuseWithoutModule(dataSource);
    create(draft, join(project.sourceRoot, `${names.name}.owner.ts`), ownerFile(names));
    create(draft, own, moduleFile(names, isModuleNeeded));
  }
  const from = relativePath(project.rootModule.path, own).replace(/\.ts$/, project.extension);
  importInto(ts, draft, project.rootModule, { className: names.moduleClass, from });
  addEnvironment(draft, {
    domain,
    readsDatabaseUrl: draft.read(dataSource).includes('DATABASE_URL'),
    // An application that has a database has a URL of its own, in whichever file.
    hasDatabase: !isDataSourceNew || existing.modules.length > 0,
  });
  const migrate = addMigrationScript({ ts, draft, project, names, domain }, dataSource);
  return stepsOf({ own, names, project, existing, dataSource, migrate, isSandbox: domain === '' });
}

/** @throws RefusedError when there is such a file: it is of the application */
function create(draft: Draft, path: string, text: string): void {
  if (draft.exists(path)) {
    throw new RefusedError(
      `${path} exists already, and is kept. Choose another name: --name bank-connections`,
    );
  }
  draft.write(path, text);
}

function refuseWithoutModule(dataSource: string): never {
  throw new RefusedError(
    `${dataSource} makes a DataSource, but no TypeOrmModule.forRoot gives one to Nest. Add it to the root module, and start again.`,
  );
}

/** @returns the command that migrates, or undefined when a person has to find it */
function addMigrationScript({ ts, draft, project }: Changes, dataSource: string): string | undefined {
  const compiled = compiledPath(project, dataSource);
  if (!runsMigrations(ts, draft) && compiled !== undefined) {
    addScript(ts, draft, 'migration:run', `typeorm migration:run -d ${compiled}`);
  }
  return runsMigrations(ts, draft) ? 'npm run migration:run' : undefined;
}

/** Where the compiler puts a file: beside `main.js`, or with its whole path where the output has the folder of the sources. */
function compiledPath({ output, sourceRoot }: Project, path: string): string | undefined {
  if (output === undefined) return undefined;
  const file = path.replace(/\.ts$/, '.js');
  if (output.endsWith(`/${sourceRoot}`)) return join(output.slice(0, -sourceRoot.length - 1), file);
  return file.startsWith(`${sourceRoot}/`) ? join(output, file.slice(sourceRoot.length + 1)) : undefined;
}

function relativePath(from: string, to: string): string {
  const [source, target] = [from.split('/').slice(0, -1), to.split('/')];
  while (source.length > 0 && source[0] === target[0]) {
    source.shift();
    target.shift();
  }
  return source.length === 0 ? `./${target.join('/')}` : `${'../'.repeat(source.length)}${target.join('/')}`;
}

/** Installs what is missing, then prints what is left to do. */
function finish(context: SchematicContext, text: string, isInstallNeeded: boolean): void {
  const install = { name: 'node-package', options: { command: 'install' } };
  const print = {
    name: 'run-schematic',
    options: { collection: 'nestjs-powens-connections', name: 'next-steps', options: { text } },
  };
  const before = isInstallNeeded ? [context.addTask({ toConfiguration: () => install })] : [];
  context.addTask({ toConfiguration: () => print }, before);
}
