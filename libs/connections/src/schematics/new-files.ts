/** What the new files have in common. */
export interface Names {
  /** Of the files: `banks`. */
  readonly name: string;
  readonly moduleClass: string;
  readonly guardClass: string;
  readonly ownerFunction: string;
  /** How imports of files end: `.js` or nothing. */
  readonly extension: string;
}

/** Derives the names of classes from that of the files. */
export function namesOf(name: string, extension: string): Names {
  const pascal = name.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return {
    name,
    moduleClass: `${pascal}Module`,
    guardClass: `${pascal}Guard`,
    ownerFunction: `${pascal.charAt(0).toLowerCase()}${pascal.slice(1)}Owner`,
    extension,
  };
}

const LOAD_ENV = `// For development: what the environment has already is kept.
if (existsSync('.env')) process.loadEnvFile('.env');
`;

/** The DataSource of the application and of the command line of TypeORM. */
export function dataSourceFile(): string {
  return `import { existsSync } from 'node:fs';
import 'reflect-metadata';
import {
  CONNECTIONS_ENTITIES,
  CONNECTIONS_MIGRATIONS,
} from 'nestjs-powens-connections';
import { DataSource, type DataSourceOptions } from 'typeorm';

${LOAD_ENV}
export const database: DataSourceOptions = {
  type: 'postgres',
  url: process.env['DATABASE_URL'] ?? '',
  entities: [...CONNECTIONS_ENTITIES], // and yours
  migrations: [...CONNECTIONS_MIGRATIONS], // and yours
  installExtensions: false,
};

export default new DataSource(database);
`;
}

/** Who owns the connections: no user, until it is written. */
export function ownerFile({ guardClass, ownerFunction }: Names): string {
  return `import {
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { ConnectionsRequest } from 'nestjs-powens-connections';

/**
 * TODO: the id of the user that your authentication found, for example
 * \`(request) => request.user?.id\`. Never what a client can choose, as a header
 * or a query: the sender would see the banks of another person.
 *
 * Until then no user is signed in, and every route of an owner is refused.
 */
export const ${ownerFunction}: (
  request: ConnectionsRequest,
) => string | undefined = () => undefined;

/** TODO: use the guard that your application has. This one only asks for an owner. */
@Injectable()
export class ${guardClass} implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<ConnectionsRequest>();
    if (${ownerFunction}(request) === undefined) {
      throw new UnauthorizedException();
    }
    return true;
  }
}
`;
}

/**
 * The registration.
 *
 * @param needsDataSource - whether the application has none yet, so that this module brings the one of `data-source.ts`
 */
export function moduleFile(names: Names, needsDataSource: boolean): string {
  const { name, extension, guardClass, ownerFunction } = names;
  const lines = [
    !needsDataSource && `import { existsSync } from 'node:fs';`,
    `import { Module } from '@nestjs/common';`,
    needsDataSource && `import { TypeOrmModule } from '@nestjs/typeorm';`,
    `import { ConnectionsModule } from 'nestjs-powens-connections';`,
    `import { ${guardClass}, ${ownerFunction} } from './${name}.owner${extension}';`,
    needsDataSource && `import { database } from './data-source${extension}';`,
    !needsDataSource && `\n${LOAD_ENV.trimEnd()}`,
    '',
    '@Module({',
    '  imports: [',
    needsDataSource && '    TypeOrmModule.forRoot(database),',
    registrationOf(names),
    '  ],',
    '})',
    `export class ${names.moduleClass} {}`,
    '',
  ];
  return lines.filter((line) => line !== false).join('\n');
}

function registrationOf({ guardClass, ownerFunction }: Names): string {
  return `    ConnectionsModule.forRootAsync({
      useFactory: () => ({
        powens: {
          domain: process.env['POWENS_DOMAIN'] ?? '',
          clientId: process.env['POWENS_CLIENT_ID'] ?? '',
          clientSecret: process.env['POWENS_CLIENT_SECRET'] ?? '',
          // Only for the sandbox; without them, Powens itself.
          apiUrl: process.env['POWENS_API_URL'],
          webviewUrl: process.env['POWENS_WEBVIEW_URL'],
        },
        publicUrl: process.env['PUBLIC_URL'] ?? '',
        keys: process.env['CONNECTIONS_KEYS'] ?? '',
        owner: ${ownerFunction},
        // http://localhost in development.
        insecureLoopback: process.env['NODE_ENV'] !== 'production',
      }),
      routes: { guards: [${guardClass}] },
    }),`;
}
