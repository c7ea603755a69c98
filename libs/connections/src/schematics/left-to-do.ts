import type { DataSources } from './database/data-sources.js';
import { join } from './files.js';
import type { Names } from './new-files.js';
import type { Project } from './application/project.js';

/** What the schematic found and made. */
interface Result {
  readonly own: string;
  readonly names: Names;
  readonly project: Project;
  readonly existing: DataSources;
  readonly dataSource: string;
  readonly migrate: string | undefined;
  readonly isSandbox: boolean;
}

/** Lists what is left to a person. */
export function stepsOf({ own, names, project, existing, dataSource, migrate, isSandbox }: Result): string {
  const isForCommandsOnly = existing.modules.length > 0 && existing.forCommandLine.length === 0;
  const steps = [
    ...existing.unknown.map(
      (path) =>
        `Add ...CONNECTIONS_ENTITIES to \`entities\` and ...CONNECTIONS_MIGRATIONS to \`migrations\` of the DataSource in ${path}: it is not written as a literal, and was left alone.`,
    ),
    `Return your user in ${join(project.sourceRoot, `${names.name}.owner.ts`)}. Until then every route of an owner is refused.`,
    'Set CONNECTIONS_KEYS in .env to a key that `npx connections keys generate` makes. Keep .env out of git.',
    ...(isForCommandsOnly
      ? [
          `Set DATABASE_URL to the database of the application: ${dataSource} is for the command line of TypeORM.`,
        ]
      : []),
    migrate === undefined
      ? `Build ${dataSource}, and run \`npx typeorm migration:run -d <its compiled file>\`: the bundler of this application does not emit it.`
      : `Run \`npm run build\` and \`${migrate}\`.`,
    ...(isSandbox
      ? ['For a local Powens: `npm install --save-dev powens-sandbox`, `npx powens-sandbox`.']
      : []),
    'Start the application: the problems of the configuration are listed at boot. See docs/getting-started.md of the package.',
  ];
  const numbered = steps.map((step, index) => `  ${index + 1}. ${step}`).join('\n');
  return `\n${own} registers bank connections. What is left to do:\n${numbered}\n`;
}
