import { existsSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.js';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly network_mode?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

const yaml = <T>(path: string): T => load(readFileSync(path, 'utf8')) as T;
const { services } = yaml<{ services: Readonly<Record<string, Service>> }>('compose.yaml');
const dockerfile = readFileSync('Dockerfile', 'utf8');
const service = (name: string): Service => {
  const found = services[name];
  if (found === undefined) throw new Error(`compose.yaml has no ${name}`);
  return found;
};

describe('compose.yaml', () => {
  it('should start the host with a database, a broker, Prometheus and Grafana', () => {
    expect(Object.keys(services).sort()).toEqual(['grafana', 'host', 'postgresql', 'prometheus', 'rabbitmq']);
  });

  it.each(Object.entries(services))('should pin %s', (_, { image, build }) => {
    const images = build === undefined ? [image] : dockerfile.match(/(?<=^FROM )\S+/gm);
    expect(images?.length).toBeGreaterThan(0);
    for (const one of images ?? []) {
      expect(one).toMatch(/^[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w-]+)?$/);
    }
  });

  it.each(Object.entries(services))('should let %s listen on loopback alone', (_, one) => {
    for (const port of one.ports ?? []) {
      expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
    const listens = [...Object.values(one.environment ?? {}), ...(one.command ?? [])].some((value) =>
      /^(--web.listen-address=)?127\.0\.0\.1(:\d+)?$/.test(value),
    );
    expect([one.network_mode, listens]).toEqual(
      one.network_mode === undefined ? [undefined, false] : ['host', true],
    );
  });

  it.each(Object.entries(services))('should check the health of %s, and wait for what it needs', (_, one) => {
    expect(one.healthcheck?.test[0]).toBe('CMD');
    for (const [name, { condition }] of Object.entries(one.depends_on ?? {})) {
      expect([name, condition]).toEqual([name, 'service_healthy']);
      expect(service(name).healthcheck).toBeDefined();
    }
  });

  it('should mount files that exist, read-only', () => {
    const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes);
    const files = mounts.filter((mount) => mount.startsWith('./'));
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const mount of files) {
      const [path = '', , mode] = mount.split(':');
      expect([path, existsSync(path), mode]).toEqual([path, true, 'ro']);
    }
  });

  it('should give the host variables that it reads, with values that it accepts', () => {
    const given = service('host').environment ?? {};
    const source = readFileSync('src/config/environment.ts', 'utf8');
    for (const name of Object.keys(given)) expect(source).toContain(`'${name}'`);
    const environment = readEnvironment(given);
    expect(environment).toMatchObject({ production: false, port: 3000, powens: null, dataDir: '/data' });
  });

  it('should use the users and ports of its own database and broker', () => {
    const { databaseUrl, brokerUrl } = readEnvironment(service('host').environment ?? {});
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = service('postgresql').environment ?? {};
    const published = [...(service('postgresql').ports ?? []), ...(service('rabbitmq').ports ?? [])];
    const database = new URL(databaseUrl ?? '');
    const broker = new URL(brokerUrl ?? '');
    expect([database.username, database.password, database.pathname]).toEqual([
      POSTGRES_USER,
      POSTGRES_PASSWORD,
      `/${POSTGRES_DB}`,
    ]);
    expect(published).toContain(`${database.host}:5432`);
    expect(published).toContain(`${broker.host}:5672`);
  });

  it('should scrape the metrics of the host, with the alert rules, and show them', () => {
    const { scrape_configs: scrapes, rule_files: rules } = yaml<{
      scrape_configs: readonly {
        metrics_path: string;
        static_configs: readonly { targets: readonly string[] }[];
      }[];
      rule_files: readonly string[];
    }>('ops/prometheus/prometheus.yml');
    const { HOST, PORT } = service('host').environment ?? {};
    expect(scrapes).toMatchObject([
      { metrics_path: '/metrics', static_configs: [{ targets: [`${HOST}:${PORT}`] }] },
    ]);
    expect(readFileSync('src/telemetry/telemetry.module.ts', 'utf8')).toContain(`@Controller('metrics')`);
    const folder = '/etc/prometheus/';
    expect(service('prometheus').volumes?.map((mount) => mount.split(':')[1])).toEqual(
      expect.arrayContaining(rules.map((rule) => folder + rule)),
    );
    const { datasources } = yaml<{ datasources: readonly { url: string }[] }>(
      'ops/grafana/provisioning/datasources/prometheus.yml',
    );
    const listening = service('prometheus')
      .command?.find((one) => one.includes('listen-address'))
      ?.split('=')[1];
    expect(datasources.map(({ url }) => url)).toEqual([`http://${listening}`]);
    const { providers } = yaml<{ providers: readonly { options: { path: string } }[] }>(
      'ops/grafana/provisioning/dashboards/powens-connections.yml',
    );
    expect(service('grafana').volumes?.join(' ')).toContain(`${providers[0]?.options.path}/`);
  });
});

describe('Dockerfile', () => {
  it('should run what npm start runs, as a user without rights, and no install script', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const entry = /\S+\.js$/.exec(scripts['start'] ?? '')?.[0];
    expect(dockerfile).toContain(`CMD ["node", "${entry}"]`);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile.match(/npm (ci|prune)[^&\n]*/g)).toEqual([
      expect.stringContaining('--ignore-scripts'),
      expect.stringContaining('--ignore-scripts'),
    ]);
    for (const [, name] of dockerfile.matchAll(/npm run (\S+)/g)) {
      expect(scripts).toHaveProperty([name ?? '']);
    }
  });

  it('should take no secret, no data and no build of this machine', () => {
    expect(readFileSync('.dockerignore', 'utf8').split('\n')).toEqual(
      expect.arrayContaining(['.env', '.data', '.git', 'node_modules', 'dist']),
    );
  });
});
