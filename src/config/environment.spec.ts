import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.js';
import { EnvironmentError } from './environment.error.js';

const POWENS = { POWENS_DOMAIN: 'acme', POWENS_CLIENT_ID: '1', POWENS_CLIENT_SECRET: 'canary-secret' };
const PRODUCTION = {
  ...POWENS,
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db/app',
  CONNECTIONS_KEYS: 'k1:canary-key',
  PUBLIC_URL: 'https://app.example.com/',
};

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readEnvironment(env);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

describe(readEnvironment.name, () => {
  it('should default to a host that needs nothing', () => {
    expect(readEnvironment({})).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 3000,
      publicUrl: null,
      httpAdapter: 'express',
      dataDir: `${process.cwd()}/.data`,
      databaseUrl: null,
      powens: null,
      sandboxPort: 4000,
      provisioning: 'webview-first',
      keys: null,
      demoAccess: true,
      warnings: [],
    });
  });

  it('should take an empty variable for a missing one', () => {
    const empty = { PORT: '', DATABASE_URL: ' ', POWENS_DOMAIN: '', PUBLIC_URL: '', HTTP_ADAPTER: '' };

    expect(readEnvironment(empty)).toEqual(readEnvironment({}));
  });

  it('should read what is set', () => {
    const env = {
      ...PRODUCTION,
      PORT: '0',
      HTTP_ADAPTER: 'fastify',
      CONNECTIONS_PROVISIONING: 'server-first',
      HOST: '0.0.0.0',
    };

    expect(readEnvironment(env)).toMatchObject({
      production: true,
      host: '0.0.0.0',
      port: 0,
      publicUrl: 'https://app.example.com',
      httpAdapter: 'fastify',
      databaseUrl: 'postgres://db/app',
      powens: {
        domain: 'acme',
        clientId: '1',
        clientSecret: 'canary-secret',
        apiUrl: null,
        webviewUrl: null,
      },
      provisioning: 'server-first',
    });
  });

  it.each([
    ['PORT', 'abc'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['SANDBOX_PORT', '4000.5'],
    ['HTTP_ADAPTER', 'koa'],
    ['CONNECTIONS_PROVISIONING', 'both'],
    ['PUBLIC_URL', 'localhost:3000'],
    ['PUBLIC_URL', 'ftp://localhost'],
    ['PUBLIC_URL', 'http://app.example.com'],
    ['PUBLIC_URL', 'https://app.example.com/?a=1'],
    ['PUBLIC_URL', 'https://me:canary@app.example.com'],
    ['DATABASE_URL', 'sqlite://x'],
    ['DATABASE_URL', 'mysql://db/app'],
    ['DATABASE_URL', 'mariadb://db/app'],
  ])('should refuse %s=%s, naming the variable and not the value', (variable, value) => {
    const problems = problemsOf({ [variable]: value });

    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${variable} `))]);
    expect(problems.join()).not.toContain('canary');
  });

  it('should name all problems at once', () => {
    expect(problemsOf({ PORT: 'x', HTTP_ADAPTER: 'x', CONNECTIONS_PROVISIONING: 'x' })).toHaveLength(3);
  });

  it.each(Object.keys(POWENS))('should refuse a client application without its %s', (variable) => {
    const problems = problemsOf({ ...POWENS, [variable]: undefined });

    expect(problems).toEqual([expect.stringContaining(`${variable} is missing`)]);
    expect(problems.join()).not.toContain('canary');
  });

  it('should refuse a provider URL without a client application', () => {
    expect(problemsOf({ POWENS_API_URL: 'http://localhost:4000/2.0' })).toHaveLength(3);
  });

  it.each(['DATABASE_URL', 'POWENS_DOMAIN', 'CONNECTIONS_KEYS', 'PUBLIC_URL'])(
    'should insist on %s in production',
    (variable) => {
      const withoutPowens = { POWENS_CLIENT_ID: undefined, POWENS_CLIENT_SECRET: undefined };
      const env = {
        ...PRODUCTION,
        ...(variable === 'POWENS_DOMAIN' ? withoutPowens : {}),
        [variable]: undefined,
      };

      expect(problemsOf(env)).toEqual([expect.stringMatching(new RegExp(`^${variable} `))]);
    },
  );

  it('should refuse plain http in production, on this machine too', () => {
    expect(problemsOf({ ...PRODUCTION, PUBLIC_URL: 'http://localhost:3000' })).toHaveLength(1);
  });

  it.each(['amqp://guest:guest@broker:5672', 'amqps://broker', 'nats://broker:4222'])(
    'should take events to %s',
    (url) => {
      expect(readEnvironment({ BROKER_URL: url }).brokerUrl).toBe(url);
    },
  );

  it.each(['kafka://canary@broker', 'canary', 'amqp://canary:x@'])(
    'should refuse the broker %s, and repeat nothing of it',
    (url) => {
      expect(() => readEnvironment({ BROKER_URL: url })).toThrow(/BROKER_URL must start with amqp:/);
      expect(() => readEnvironment({ BROKER_URL: url })).not.toThrow(/canary/);
    },
  );

  it('should export to a collector only where the standard variable names one', () => {
    expect(readEnvironment({}).otlp).toBe(false);
    expect(readEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }).otlp).toBe(true);
    expect(() => readEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' })).toThrow(
      /OTEL_EXPORTER_OTLP_ENDPOINT/,
    );
  });
});
