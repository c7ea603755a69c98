const LIB = 'libs/connections/src';

/** A file that breaks exactly the named rule, and maybe others that follow from it. */
export interface PlantedViolation {
  readonly rule: string;
  readonly file: string;
  /** What the rule names: the file, or its folder. */
  readonly reportedFor: string;
  readonly content: string;
}

function plant(rule: string, file: string, content: string): PlantedViolation {
  return { rule, file, reportedFor: file, content };
}

/** A rule about folders is broken by a folder. */
function plantFolder(rule: string, folder: string, file: string, content: string): PlantedViolation {
  return { rule, file: `${folder}/${file}`, reportedFor: folder, content };
}

/** One violation of each rule, at least; several where a rule has several faces. */
export const PLANTED: readonly PlantedViolation[] = [
  plant('no-import-of-own-barrel', `${LIB}/flow/barrel.ts`, `export * from '../index.js';`),
  plant(
    'http-knows-only-flow',
    `${LIB}/http/custodian.ts`,
    `import type { C } from '../custody/custody.js'; export type T = C;`,
  ),
  plant('http-knows-only-flow', `${LIB}/http/valued.ts`, `export { value } from '../values/value.js';`),
  plant(
    'nothing-inside-sees-http',
    `${LIB}/webhooks/cookie.ts`,
    `export { controller } from '../http/controller.js';`,
  ),
  plant(
    'schematics-know-only-the-environment',
    `${LIB}/schematics/wired.ts`,
    `export { moduleValue } from '../connections.module.js';`,
  ),
  plant('cli-is-for-nobody', `${LIB}/outbox/shell.ts`, `export { command } from '../cli/command.js';`),
  plant('flow-knows-edges-and-floor', `${LIB}/flow/tester.ts`, `export { fake } from '../testing/fake.js';`),
  plant(
    'edges-never-see-flow',
    `${LIB}/outbox/planner.ts`,
    `import type { F } from '../flow/flow.js'; export type T = F;`,
  ),
  plant('edges-never-see-flow', `${LIB}/database/planner.ts`, `export { flow } from '../flow/flow.js';`),
  plant(
    'edges-are-strangers',
    `${LIB}/attempts/neighbour.ts`,
    `export { custody } from '../custody/custody.js';`,
  ),
  plant(
    'edges-know-only-floor-and-leaves',
    `${LIB}/powens/wired.ts`,
    `export { moduleValue } from '../connections.module.js';`,
  ),
  plant(
    'brokers-know-only-leaves',
    `${LIB}/brokers/stored.ts`,
    `export { custody } from '../custody/custody.js';`,
  ),
  plant(
    'health-knows-only-the-readiness',
    `${LIB}/health/stored.ts`,
    `export { custody } from '../custody/custody.js';`,
  ),
  plant(
    'consumer-knows-only-leaves-and-brokers',
    `${LIB}/consumer/stored.ts`,
    `export { custody } from '../custody/custody.js';`,
  ),
  plant(
    'browser-code-stands-alone',
    `${LIB}/client/stored.ts`,
    `import type { R } from '../database/rows.js'; export type T = R;`,
  ),
  plant('browser-code-stands-alone', `${LIB}/client/reader.ts`, `export { readFileSync } from 'node:fs';`),
  plant('browser-code-stands-alone', `${LIB}/element/reader.ts`, `export { readFileSync } from 'node:fs';`),
  plant('database-is-the-floor', `${LIB}/database/valued.ts`, `export { value } from '../values/value.js';`),
  plant(
    'leaves-import-only-leaves',
    `${LIB}/errors/stored.ts`,
    `import type { R } from '../database/rows.js'; export type T = R;`,
  ),
  plant(
    'constants-import-nothing',
    `${LIB}/connections.constants.ts`,
    `export { value } from './values/value.js';`,
  ),
  plant(
    'crypto-only-where-reviewed',
    `${LIB}/powens/random.ts`,
    `export { randomBytes } from 'node:crypto';`,
  ),
  plant(
    'typeorm-only-at-the-floor',
    `${LIB}/custody/sql.ts`,
    `import type { DataSource } from 'typeorm'; export type T = DataSource;`,
  ),
  plant('host-uses-public-api-only', 'src/inner.ts', `export { flow } from '../${LIB}/flow/flow.js';`),
  plant(
    'host-uses-public-api-only',
    'test/e2e/inner.e2e-spec.ts',
    `export { flow } from '../../${LIB}/flow/flow.js';`,
  ),
  plant('tests-start-the-host-whole', 'test/e2e/host.ts', `export { host } from '../../src/host.js';`),
  plant(
    'library-never-sees-host-or-sandbox',
    `${LIB}/values/sandboxed.ts`,
    `export * from 'powens-sandbox';`,
  ),
  plant(
    'library-never-sees-host-or-sandbox',
    `${LIB}/values/hosted.ts`,
    `export { host } from '../../../../src/host.js';`,
  ),
  plant(
    'sandbox-never-sees-library',
    'libs/powens-sandbox/src/auth/shared.ts',
    `export * from 'nestjs-powens-connections';`,
  ),
  plant(
    'sandbox-never-sees-library',
    'libs/powens-sandbox/src/auth/shared.spec.ts',
    `import '../../../connections/src/values/value.js';`,
  ),
  plant(
    'sandbox-never-sees-host',
    'libs/powens-sandbox/src/auth/hosted.ts',
    `export { host } from '../../../../src/host.js';`,
  ),
  plant('reference-client-knows-nobody', 'test/contract/client/lent.ts', `export * from 'powens-sandbox';`),
  plant('testing-is-for-tests', 'src/faked.ts', `export * from 'nestjs-powens-connections/testing';`),
  plant(
    'no-circular',
    `${LIB}/events/first.ts`,
    `import type { Second } from './second.js'; export type First = Second[];`,
  ),
  plantFolder(
    'no-folder-circular',
    `${LIB}/flow/left`,
    'up.ts',
    `import type { Down } from '../right/down.js'; export type Up = Down;`,
  ),
  plantFolder(
    'no-folder-circular',
    `${LIB}/flow/right`,
    'across.ts',
    `import type { Floor } from '../left/floor.js'; export type Across = Floor;`,
  ),
  plant('no-orphans', `${LIB}/values/left-over.ts`, `export const nobody = 1;`),
  plant('not-to-spec', `${LIB}/values/spec-user.ts`, `export { shared } from './value.spec.js';`),
  plant('not-to-dev-dep', 'src/dev.ts', `export { it } from 'vitest';`),
  plant('no-non-package-json', `${LIB}/powens/unlisted.ts`, `export { get } from 'unlisted';`),
  plant('not-to-unresolvable', `${LIB}/values/misspelt.ts`, `export { value } from './valeu.js';`),
];

/** The innocent files that the planted ones import. */
export const SURROUNDINGS: Readonly<Record<string, string>> = {
  // A cycle is reported once, for the file it was entered by.
  [`${LIB}/events/second.ts`]: `import type { First } from './first.js'; export type Second = First[];`,
  [`${LIB}/flow/left/floor.ts`]: `export type Floor = 1;`,
  [`${LIB}/flow/right/down.ts`]: `export type Down = 1;`,
  [`${LIB}/index.ts`]: `export { flow } from './flow/flow.js';`,
  [`${LIB}/testing/index.ts`]: `export { fake } from './fake.js';`,
  [`${LIB}/testing/fake.ts`]: `export { value as fake } from '../values/value.js';`,
  [`${LIB}/connections.module.ts`]: `import 'typeorm'; export { controller as moduleValue } from './http/controller.js';`,
  [`${LIB}/http/controller.ts`]: `export { flow as controller } from '../flow/flow.js';`,
  [`${LIB}/cli/command.ts`]: `import 'typeorm'; import '../custody/custody.js'; import '../database/rows.js'; export const command = 1;`,
  [`${LIB}/flow/flow.ts`]: `import { custody } from '../custody/custody.js'; export const flow = custody; export type F = string;`,
  [`${LIB}/custody/custody.ts`]: `import 'node:crypto'; import '../database/rows.js'; export const custody = 1; export type C = string;`,
  [`${LIB}/database/rows.ts`]: `import 'typeorm'; export type R = string;`,
  [`${LIB}/custody/custody.repository.ts`]: `import 'typeorm'; import '../database/rows.js';`,
  [`${LIB}/values/value.ts`]: `import '../errors/error.js'; export const value = 1;`,
  [`${LIB}/values/value.spec.ts`]: `import 'vitest'; import 'node:crypto'; import '../flow/flow.js'; export const shared = 1;`,
  [`${LIB}/errors/error.ts`]: `export class SomeError extends Error {}`,
  'libs/powens-sandbox/src/index.ts': `export { sandbox } from './auth/auth.js';`,
  'libs/powens-sandbox/src/auth/auth.ts': `import 'node:crypto'; export const sandbox = 1;`,
  'src/host.ts': `import 'typeorm'; export * from 'nestjs-powens-connections'; export const host = 1;`,
  'src/bootstrap.ts': `export { host } from './host.js';`,
  'test/e2e/host.e2e-spec.ts': `import 'vitest'; import '../../src/bootstrap.js'; import 'powens-sandbox';`,
  'package.json': JSON.stringify({
    name: 'planted',
    dependencies: { typeorm: '*' },
    devDependencies: { vitest: '*' },
  }),
  'libs/connections/package.json': JSON.stringify({ name: 'library', peerDependencies: { typeorm: '*' } }),
  ...Object.fromEntries(
    ['typeorm', 'vitest', 'unlisted'].flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
      [`node_modules/${name}/index.js`, ''],
    ]),
  ),
};
