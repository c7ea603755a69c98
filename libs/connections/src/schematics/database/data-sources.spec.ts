import { describe, expect, it } from 'vitest';
import { add, addTo, APP_MODULE, refusal, treeOf } from '../__support__/application.js';

describe('nest add, where the application has TypeORM', () => {
  const OPTIONS = `{\n  type: 'postgres',\n  url: process.env.DATABASE_URL,\n  entities: [User],\n}`;
  const COMPLETED = `{\n  migrations: [...CONNECTIONS_MIGRATIONS],\n  type: 'postgres',\n  url: process.env.DATABASE_URL,\n  entities: [User, ...CONNECTIONS_ENTITIES],\n}`;

  function rootWith(registration: string, imports = ''): Record<string, string> {
    const head = `import { TypeOrmModule } from '@nestjs/typeorm';\n${imports}`;
    return { 'src/app.module.ts': head + APP_MODULE.replace('[]', `[${registration}]`) };
  }

  it('should complete the options of TypeOrmModule, and write a DataSource for the command line alone', () => {
    const { files, text } = addTo(rootWith(`TypeOrmModule.forRoot(${OPTIONS})`));
    expect(files['src/app.module.ts']).toContain(`TypeOrmModule.forRoot(${COMPLETED}), BanksModule]`);
    expect(files['src/app.module.ts']).toContain(
      `import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from 'nestjs-powens-connections';`,
    );
    expect(files['src/banks.module.ts']).not.toContain('TypeOrmModule');
    expect(files['src/banks.module.ts']).toContain(`process.loadEnvFile('.env')`);
    expect(text).toContain('Set DATABASE_URL to the database of the application');
    expect(add(treeOf(files)).files).toEqual(files);
  });

  it('should complete options that a factory returns', () => {
    const { files } = addTo(rootWith(`TypeOrmModule.forRootAsync({ useFactory: () => (${OPTIONS}) })`));
    expect(files['src/app.module.ts']).toContain(`useFactory: () => (${COMPLETED})`);
  });

  it('should complete options that the application and the command line share, once', () => {
    const shared = {
      ...rootWith('TypeOrmModule.forRoot(options)', `import { options } from './database/options.js';\n`),
      'src/database/options.ts': `import type { DataSourceOptions } from 'typeorm';\nimport { User } from './user.js';\n\nexport const options = ${OPTIONS} satisfies DataSourceOptions;\n`,
      'src/database/cli.ts': `import { DataSource } from 'typeorm';\nimport { options } from './options.js';\n\nexport default new DataSource(options);\n`,
    };
    const { files } = addTo(shared);
    expect(files['src/database/options.ts']).toContain(`options = ${COMPLETED} satisfies`);
    expect(files).not.toHaveProperty(['src/data-source.ts']);
    expect(files['package.json']).toContain('typeorm migration:run -d dist/database/cli.js');
    expect(add(treeOf(files)).files).toEqual(files);
  });

  it('should leave a DataSource with a name of its own alone', () => {
    const other = `TypeOrmModule.forRoot({ name: 'legacy', type: 'mysql' })`;
    const { files } = addTo(rootWith(other));
    expect(files['src/app.module.ts']).toContain(other);
    expect(files['src/banks.module.ts']).toContain('TypeOrmModule.forRoot(database)');
  });

  it('should say what to write where the options are not written as a literal', () => {
    const { files, text } = addTo(rootWith('TypeOrmModule.forRoot(makeOptions())'));
    expect(files['src/app.module.ts']).toContain('TypeOrmModule.forRoot(makeOptions()), BanksModule]');
    expect(text).toMatch(/1\. Add \.\.\.CONNECTIONS_ENTITIES .* in src\/app\.module\.ts/);
  });

  it('should refuse a database that is not PostgreSQL', () => {
    expect(refusal(rootWith(`TypeOrmModule.forRoot({ type: 'mysql' })`))).toContain('is one of mysql');
  });
});
