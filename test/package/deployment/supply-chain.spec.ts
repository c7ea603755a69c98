import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { licencesOf, productionLock } from '../../../scripts/production-lock.mjs';

/** Licences that ask for no more than their text. */
const ALLOWED = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'Python-2.0',
];

interface Manifest {
  readonly license: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const read = (path: string): string => readFileSync(path, 'utf8');
const manifestOf = (folder: string): Manifest => JSON.parse(read(`${folder}/package.json`)) as Manifest;

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

const workflow = (name: string) =>
  load(read(`.github/workflows/${name}`)) as {
    permissions: object;
    jobs: Readonly<Record<string, { permissions?: object; environment?: string; steps: readonly Step[] }>>;
  };

describe('what the packages depend on', () => {
  it.each(['libs/connections', 'libs/powens-sandbox', '.'])(
    'should be under licences that allow any use, in %s',
    (folder) => {
      const all = licencesOf('.', productionLock('.', folder));
      expect(all.length).toBeGreaterThan(10);
      expect(all.filter(({ licence }) => !ALLOWED.includes(licence ?? 'none'))).toEqual([]);
    },
  );

  it('should be named by a bill of materials in CycloneDX, with version, origin and hash', () => {
    const bill = JSON.parse(execFileSync('node', ['scripts/sbom.mjs'], { encoding: 'utf8' })) as {
      bomFormat: string;
      metadata: { component: { name: string; version: string } };
      components: readonly { name: string; version: string; purl: string; hashes?: readonly object[] }[];
    };
    const { dependencies } = manifestOf('libs/connections');
    expect(bill.bomFormat).toBe('CycloneDX');
    expect(bill.metadata.component.name).toBe('nestjs-powens-connections');
    const names = bill.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    // What only tests or peers bring is no part of it.
    for (const other of ['vitest', 'typescript', 'pg', '@nestjs/common']) expect(names).not.toContain(other);
    for (const { purl, hashes } of bill.components) expect([purl, hashes?.length]).toEqual([purl, 1]);
  });
});

describe('the published packages', () => {
  it.each(['libs/connections', 'libs/powens-sandbox'])(
    'should run no script when they are installed: %s',
    (folder) => {
      const { scripts = {}, license } = manifestOf(folder);
      const atInstall = [
        'preinstall',
        'install',
        'postinstall',
        'prepublish',
        'preprepare',
        'prepare',
        'postprepare',
        'dependencies',
      ];
      expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([]);
      expect(license).toBe('MIT');
      expect(readdirSync(folder)).not.toContain('binding.gyp');
    },
  );
});

describe('the workflows', () => {
  it.each(readdirSync('.github/workflows'))(
    'should name the actions of %s by their commits, and grant no more than needed',
    (name) => {
      const { permissions, jobs } = workflow(name);
      expect(permissions).toEqual({ contents: 'read' });
      const steps = Object.values(jobs).flatMap((job) => job.steps);
      const used = steps.flatMap(({ uses }) => uses ?? []);
      expect(used.length).toBeGreaterThan(0);
      for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(steps.map(({ run }) => run)).toContain('.ci/run');
    },
  );

  it('should publish with provenance and without a token, after the gate, and only what package.json scripts can do', () => {
    const { publish } = workflow('release.yml').jobs;
    const commands = publish?.steps.flatMap(({ run }) => run ?? []) ?? [];
    const place = (part: string): number => commands.findIndex((command) => command.includes(part));
    expect(publish).toMatchObject({ environment: 'npm', permissions: { 'id-token': 'write' } });
    expect(commands[place('npm publish')]).toContain('--provenance');
    expect(place('.ci/run')).toBeGreaterThan(-1);
    expect(place('npm publish')).toBeGreaterThan(place('.ci/run'));
    expect(read('.github/workflows/release.yml')).not.toContain('secrets.');
    const { scripts = {} } = manifestOf('.');
    for (const command of commands) {
      const script = /npm run (?:--silent )?(\S+)/.exec(command)?.[1];
      if (script !== undefined) expect(scripts).toHaveProperty([script]);
    }
  });
});
