import type { LoggerService } from '@nestjs/common';
import type { LogFields } from 'nestjs-powens-connections';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { captureOutput } from '../../helpers/canary/collector.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { clearFaults, EXCHANGE, plant, returning } from '../../helpers/flow/observe.js';
import { connect } from '../../helpers/flow/person.js';

type Line = LogFields & { readonly level: string; readonly message: string; readonly context: unknown };

/** A logger of the host: what it was given, with its level and context. */
class HostLogger implements LoggerService {
  lines: Line[] = [];

  readonly log = (...given: unknown[]): void => this.keep('log', given);
  readonly warn = (...given: unknown[]): void => this.keep('warn', given);
  readonly error = (...given: unknown[]): void => this.keep('error', given);
  readonly debug = (...given: unknown[]): void => this.keep('debug', given);

  private keep(level: string, [line, context]: unknown[]): void {
    captureOutput('logs', JSON.stringify([level, line, context]));
    this.lines.push({ level, context, ...(line as Omit<Line, 'level' | 'context'>) });
  }
}

describe('log lines', () => {
  const host = new HostLogger();
  let app: FlowApp;
  let objects: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp();
    objects = await startFlowApp({
      like: app,
      options: { logs: { format: 'object', level: 'debug', logger: host } },
    });
  });

  beforeEach(() => {
    host.lines = [];
  });

  afterAll(async () => {
    await objects.stop();
    await app.close();
  });

  it('should be objects with the attempt, and one line of each call to Powens [L1, A13]', async () => {
    const inNest = app.logger.lines.length;
    const browser = objects.browser('ann');
    const { started, landed } = await connect(objects, browser);
    expect(landed.status).toBe(303);
    const { attemptId } = started;
    const ofAttempt = host.lines.filter((line) => line.attemptId === attemptId);
    expect(ofAttempt.map(({ context, operation = 'none' }) => `${String(context)} ${operation}`)).toEqual(
      expect.arrayContaining([
        'ConnectionsFlow none',
        'ConnectionsPowens POST /auth/token/access',
        'ConnectionsPowens GET /users/me/connections/{id}',
      ]),
    );
    for (const call of host.lines.filter(({ context }) => context === 'ConnectionsPowens')) {
      expect(call).toMatchObject({
        level: 'debug',
        message: expect.stringContaining(call.operation ?? '?') as string,
        status: 200,
        durationMs: expect.any(Number) as number,
      });
    }
    const connected = ofAttempt.find(({ connectionIds }) => connectionIds !== undefined);
    expect(connected?.connectionIds).toHaveLength(1);
    expect(app.logger.lines.slice(inNest).filter((line) => line.includes('Connections'))).toEqual([]);
  });

  it('should name the request at Powens that an attempt failed with [L1]', async () => {
    const { browser, started, callback } = await returning(objects, 'ben');
    await plant(objects, {
      ...EXCHANGE,
      kind: 'status',
      status: 400,
      headers: { 'x-request-id': 'req-of-the-refusal' },
      body: { code: 'invalidCode' },
    });
    await browser.get(callback);
    await clearFaults(objects);
    const failed = host.lines.filter(({ error }) => error === 'code_refused');
    expect(failed.length).toBeGreaterThan(0);
    for (const line of failed) {
      expect(line).toMatchObject({
        attemptId: started.attemptId,
        operation: 'POST /auth/token/access',
        status: 400,
        powensRequestId: 'req-of-the-refusal',
      });
    }
  });

  it('should be sentences for the logger of Nest, without a line of each call, unless the host says otherwise [A13]', async () => {
    const before = app.logger.lines.length;
    const { started } = await connect(app, app.browser('cleo'));
    const lines = app.logger.lines.slice(before);
    expect(lines.filter((line) => line.includes(started.attemptId)).length).toBeGreaterThan(2);
    expect(lines.filter((line) => line.startsWith('debug'))).toEqual([]);
    expect(lines.join('\n')).not.toContain('attemptId');
  });

  it.each([
    ['silent', 0],
    ['error', 0],
    ['warn', 1],
  ] as const)('should be written from level %s on [A13]', async (level, expected) => {
    const quiet = await startFlowApp({
      like: app,
      options: { logs: { level, format: 'object', logger: host } },
    });
    const { browser, callback } = await returning(quiet, `dora-${level}`);
    await plant(quiet, { ...EXCHANGE, kind: 'status', status: 400, body: { code: 'invalidCode' } });
    await browser.get(callback);
    await clearFaults(quiet);
    await quiet.stop();
    expect(host.lines.filter(({ message }) => message.includes('ended failed'))).toHaveLength(expected);
    expect(host.lines.filter((line) => line.level === 'log')).toEqual([]);
    if (level === 'silent') expect(host.lines).toEqual([]);
  });
});
