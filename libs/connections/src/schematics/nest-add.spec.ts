import { describe, expect, it } from 'vitest';
import {
  add,
  addTo,
  APP_MODULE,
  changedLines,
  MAIN,
  MANIFEST,
  refusal,
  treeOf,
} from './__support__/application.js';

describe('nest add', () => {
  it('should change three lines of the root module, and add those of package.json', () => {
    const { files } = addTo({});
    expect(changedLines(APP_MODULE, files['src/app.module.ts']!)).toEqual([
      '-  imports: [],',
      `+import { BanksModule } from './banks.module.js';`,
      '+  imports: [BanksModule],',
    ]);
    expect(changedLines(MANIFEST, files['package.json']!)).toEqual([
      '-    "rxjs": "^7.8.1"',
      '+    "migration:run": "typeorm migration:run -d dist/data-source.js",',
      '+    "@nestjs/typeorm": "^12.0.0",',
      '+    "pg": "^8.7.0",',
      '+    "rxjs": "^7.8.1",',
      '+    "typeorm": "^1.0.0"',
    ]);
    expect(JSON.parse(files['package.json']!)).toHaveProperty('dependencies.pg');
  });

  it('should write an owner that refuses everybody until it is filled in', () => {
    const { files } = addTo({});
    expect(files['src/banks.module.ts']).toContain('guards: [BanksGuard]');
    expect(files['src/banks.module.ts']).toContain('owner: banksOwner');
    expect(files['src/banks.owner.ts']).toMatch(/=> string \| undefined = \(\) => undefined;/);
  });

  it('should change nothing the second time', () => {
    const first = addTo({});
    const { files, text, tasks } = add(treeOf(first.files));
    expect(files).toEqual(first.files);
    expect(tasks).toEqual(['run-schematic']);
    expect(text).toContain('src/banks.owner.ts');
  });

  it('should install what is missing, unless it is told not to', () => {
    expect(addTo({}).tasks).toEqual(['node-package', 'run-schematic']);
    expect(addTo({}, { skipInstall: true }).tasks).toEqual(['run-schematic']);
  });

  it('should never overwrite settings, and make no secret', () => {
    const { files } = addTo({ '.env': 'POWENS_DOMAIN=mine\n# PUBLIC_URL=\nCONNECTIONS_KEYS=k1:secret' });
    expect(files['.env']).toMatch(/^POWENS_DOMAIN=mine\n# PUBLIC_URL=\nCONNECTIONS_KEYS=k1:secret\n\n# /);
    expect(files['.env']?.match(/(POWENS_DOMAIN|PUBLIC_URL|CONNECTIONS_KEYS)=/g)).toHaveLength(3);
    // The addresses and the client of the sandbox do not belong beside another domain.
    expect(files['.env']).toContain('\nPOWENS_CLIENT_ID=\n');
    expect(files['.env']).not.toMatch(/sandbox|API_URL|WEBVIEW_URL/);
    expect(files['.env.example']).toContain('\nCONNECTIONS_KEYS=\n');
  });

  it.each([
    ['the module of the library', { name: 'connections' }, {}, 'name of the module of the library'],
    [
      'another module',
      {},
      {
        'src/app.module.ts': `import { Module } from '@nestjs/common';\nimport { BanksModule } from './banks/banks.module.js';\n\n@Module({ imports: [BanksModule] })\nexport class AppModule {}\n`,
        'src/banks/banks.module.ts': 'export class BanksModule {}\n',
      },
      "imports another BanksModule, from './banks/banks.module.js'",
    ],
  ])('should refuse a name that %s has', (_, options, given, message) => {
    expect(() => addTo(given, options)).toThrow(message);
  });

  it('should leave the sandbox out where a domain is named', () => {
    const { files, text } = addTo({}, { domain: 'acme' });
    expect(files['.env']).toContain('POWENS_DOMAIN=acme\n');
    expect(files['.env']).toContain('POWENS_CLIENT_SECRET=\n');
    expect(files['.env']).not.toMatch(/sandbox|API_URL/);
    expect(text).not.toContain('powens-sandbox');
  });

  it('should follow the style of a CommonJS application with double quotes and no imports', () => {
    const { files } = addTo({
      'package.json': MANIFEST.replace('  "type": "module",\n', '').replaceAll('^12.0.1', '^11.1.4'),
      'src/main.ts': MAIN.replace('.js', ''),
      'src/app.module.ts': `import { Module } from "@nestjs/common"\r\nimport { A } from "./a"\r\n\r\n@Module({\r\n  providers: [A],\r\n})\r\nexport class AppModule {}\r\n`,
    });
    expect(files['src/app.module.ts']).toBe(
      `import { Module } from "@nestjs/common"\r\nimport { A } from "./a"\r\nimport { BanksModule } from "./banks.module"\r\n\r\n@Module({\r\n  imports: [BanksModule],\r\n  providers: [A],\r\n})\r\nexport class AppModule {}\r\n`,
    );
    expect(files['src/banks.module.ts']).toContain(`from './banks.owner';`);
    expect(files['package.json']).toContain('"@nestjs/typeorm": "^11.0.0"');
  });

  it.each([
    ['[A, B]', '[A, B, BanksModule]'],
    ['[A,\n    B]', '[A,\n    B,\n    BanksModule]'],
    [
      '[\n    A,\n    B.forRoot({ a: [1] }),\n  ]',
      '[\n    A,\n    B.forRoot({ a: [1] }),\n    BanksModule,\n  ]',
    ],
  ])('should add to imports written as %j', (before, after) => {
    const written = APP_MODULE.replace('[]', before);
    expect(addTo({ 'src/app.module.ts': written }).files['src/app.module.ts']).toContain(
      `imports: ${after},\n`,
    );
  });

  it('should find the root module of a project of a monorepo', () => {
    const nest = {
      monorepo: true,
      sourceRoot: 'apps/other/src',
      projects: { api: { type: 'application', sourceRoot: 'apps/api/src', entryFile: 'main' } },
    };
    const { files, text } = addTo(
      {
        'nest-cli.json': JSON.stringify(nest),
        'apps/api/src/main.ts': MAIN.replace('./app.module.js', './root/root.module.js').replaceAll(
          'AppModule',
          'RootModule',
        ),
        'apps/api/src/root/root.module.ts': APP_MODULE.replace('AppModule', 'RootModule'),
      },
      { project: 'api', sourceRoot: 'apps/other/src' },
    );
    expect(files['apps/api/src/root/root.module.ts']).toContain(`from '../banks.module.js';`);
    expect(files['src/app.module.ts']).toBe(APP_MODULE);
    // The bundler makes one file of all: there is none to give to the command line of TypeORM.
    expect(files['package.json']).not.toContain('migration:run');
    expect(text).toContain('Build apps/api/src/data-source.ts');
  });
});

describe('nest add refuses, and changes nothing', () => {
  it.each([
    [
      'without package.json of Nest',
      { 'package.json': '{ "dependencies": { "a": "1" } }' },
      'lists @nestjs/core nowhere',
    ],
    ['with a Nest that is too old', { 'package.json': MANIFEST.replaceAll('^12.0.1', '^10.4.0') }, '^10.4.0'],
    ['when package.json is no JSON', { 'package.json': '{' }, 'package.json cannot be read'],
    ['when nothing starts a module', { 'src/main.ts': 'console.log(1);' }, '--module <path>'],
    [
      'when the module comes from a package',
      { 'src/main.ts': MAIN.replace('./app.module.js', '@acme/app') },
      '"@acme/app"',
    ],
    [
      'when @Module() is no literal',
      { 'src/app.module.ts': APP_MODULE.replace(/\(\{[^]*?\}\)/, '(metadata)') },
      'is not written as',
    ],
    [
      'when imports is no literal',
      { 'src/app.module.ts': APP_MODULE.replace('[]', 'modules()') },
      'is not written as',
    ],
    ['when its files are there already', { 'src/banks.module.ts': 'export class BanksModule {}' }, '--name'],
  ])('should refuse %s', (_, files, message) => {
    expect(refusal(files)).toContain(message);
  });

  it('should say which projects there are', () => {
    const nest = { 'nest-cli.json': '{ "projects": { "api": {}, "worker": {} } }' };
    expect(refusal(nest, { project: 'apj' })).toContain('Its projects: api, worker');
  });

  it('should leave an application alone that registers the module by itself', () => {
    const own = {
      'src/own.module.ts': `import { ConnectionsModule } from 'nestjs-powens-connections';\nexport const own = ConnectionsModule.forRoot({});\n`,
    };
    const { files, text } = addTo(own);
    expect(text).toContain('src/own.module.ts registers ConnectionsModule already');
    expect(files['src/app.module.ts']).toBe(APP_MODULE);
    expect(files).not.toHaveProperty(['src/banks.module.ts']);
  });
});
