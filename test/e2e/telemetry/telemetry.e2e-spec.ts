import { readFileSync } from 'node:fs';
import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { ConnectionsReadiness, ConnectionsService, ReconciliationService } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected, eventOf } from '../../helpers/flow/lifecycle.js';
import { EXCHANGE, plant, returning, sql } from '../../helpers/flow/observe.js';
import { start, visitWebview } from '../../helpers/flow/person.js';
import { anotherConnection, deleteConnectionAtPowens } from '../../helpers/flow/reconciling.js';
import {
  recordTelemetry,
  shown,
  type RecordedTelemetry,
  type Series,
} from '../../helpers/telemetry/record.js';
import { until } from '../../helpers/until.js';
import { hmacWebhooks, inboxEmpty, push, pushTo } from '../../helpers/webhooks/pushed.js';

const OWNER = 'owner-absent-from-telemetry';

/** Rows of the table of metrics: name and labels. */
const DOCUMENTED = new Map(
  readFileSync('docs/operations.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `powens.'))
    .map((line) => line.split('|').map((cell) => cell.replaceAll('`', '').trim()))
    .map(([, name = '', , labels = '']) => [name, labels.split(', ').sort()]),
);

describe('the telemetry of a host with an SDK', () => {
  const { secret, options } = hmacWebhooks();
  let recorded: RecordedTelemetry;
  let app: FlowApp;
  let callback = '';
  let attemptId = '';
  let connectionId = '';

  beforeAll(async () => {
    recorded = recordTelemetry();
    app = await startFlowApp({ options, circuitBreaker: {} });
    pushTo(app, secret);
    const returned = await returning(app, OWNER);
    ({ callback } = returned);
    ({ attemptId } = returned.started);
    await returned.browser.get(callback);
    connectionId = (await eventOf(app, OWNER, 'connection.created')).connectionId ?? '';
    await until(() => named('powens.event.deliver').length > 0);
  });

  afterAll(async () => {
    await app.close();
    await recorded.stop();
  });

  function named(name: string): readonly ReadableSpan[] {
    return recorded.spans().filter((span) => span.name === name);
  }

  /** The only span of that name which belongs to the attempt, or to a span of it. */
  function below(parent: ReadableSpan | undefined, name: string): ReadableSpan {
    const found = named(name).find((span) => span.parentSpanContext?.spanId === parent?.spanContext().spanId);
    if (found === undefined) throw new Error(`${parent?.name} has no child ${name}`);
    return found;
  }

  const linksOf = (span: ReadableSpan): string[] => span.links.map(({ context }) => context.spanId);
  const ofAttempt = (name: string): ReadableSpan | undefined =>
    named(name).find(({ attributes }) => attributes['powens.attempt.id'] === attemptId);

  it('should show one connection from its start to the handler, linked across the redirect and the outbox', () => {
    const started = ofAttempt('powens.connect.start');
    const completion = ofAttempt('powens.completion');
    expect(completion?.attributes).toMatchObject({
      'powens.flow': 'connect',
      'powens.outcome': 'connected',
      'powens.connection.ids': connectionId,
    });
    expect(linksOf(completion as ReadableSpan)).toEqual([started?.spanContext().spanId]);
    const [callbackSpan] = named('powens.callback');
    expect(completion?.parentSpanContext?.spanId).toBe(callbackSpan?.spanContext().spanId);
    expect(completion?.spanContext().traceId).not.toBe(started?.spanContext().traceId);

    const exchange = below(completion, 'powens.exchange');
    expect(below(exchange, 'POST /auth/token/access').attributes).toEqual({
      'http.request.method': 'POST',
      'url.template': '/auth/token/access',
      'server.address': new URL(app.sandbox.url).hostname,
      'http.response.status_code': 200,
    });
    below(below(completion, 'powens.read_back'), 'GET /users/me/connections/{id}');

    const commit = below(completion, 'powens.commit');
    const delivery = named('powens.event.deliver').find(
      ({ attributes }) => attributes['powens.event'] === 'connection.created',
    ) as ReadableSpan;
    expect(linksOf(delivery)).toEqual([commit.spanContext().spanId]);
  });

  it('should link the processing of a webhook to its arrival', async () => {
    await inboxEmpty(app);
    await until(() => named('powens.webhook.process').length > 0);
    for (const processed of named('powens.webhook.process')) {
      const arrivals = named('powens.webhook.receive').map((span) => span.spanContext().spanId);
      expect(linksOf(processed)).toHaveLength(1);
      expect(arrivals).toEqual(expect.arrayContaining(linksOf(processed)));
    }
  });

  it('should mark a failed call by its code, without its message', async () => {
    const { browser, started, callback: denied } = await returning(app, 'telemetry-failing');
    await plant(app, { ...EXCHANGE, kind: 'status', status: 400 });
    await browser.get(denied);
    const completion = named('powens.completion').find(
      ({ attributes }) => attributes['powens.attempt.id'] === started.attemptId,
    );
    expect(completion?.attributes['powens.outcome']).toBe('failed');
    const exchange = below(completion, 'powens.exchange');
    expect(exchange.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(exchange.attributes['error.type']).toBe('code_refused');
    expect(exchange.events).toEqual([]);
  });

  it('should move every documented metric, with its documented labels and no other', async () => {
    const reader = await connected(app, 'telemetry-metrics');
    const service = app.app.get(ConnectionsService);
    await service.renewToken('telemetry-metrics');
    await anotherConnection(app, reader.browser);
    await inboxEmpty(app);
    // No webhook says it first: the comparison is to find it.
    app.sandbox.webhooks.clear();
    await deleteConnectionAtPowens(app, 'telemetry-metrics', reader.connection.powensConnectionId);
    await app.app.get(ReconciliationService).reconcile('telemetry-metrics');
    pushTo(app, secret);
    await push(app.url, '/connections/webhooks/user-synced', {}, { secret: `another ${secret}` });
    const moved = await untilFound(async () => {
      const series = await recorded.metrics();
      const names = new Set(series.map(({ name }) => name));
      // Without powens.usersToken, no orphans are searched for.
      return [...DOCUMENTED.keys()].every((name) => names.has(name) || name === 'powens.orphans')
        ? series
        : null;
    });
    for (const { name, labels } of moved) {
      expect([name, Object.keys(labels).sort()]).toEqual([name, DOCUMENTED.get(name)]);
    }
    const value = (name: string, labels: object): number => sumOf(moved, name, labels);
    expect(value('powens.api.breaker', { operations: 'exchanges' })).toBe(0);
    expect(value('powens.attempts.started', { flow: 'connect' })).toBeGreaterThanOrEqual(4);
    expect(value('powens.attempt.duration', { outcome: 'connected' })).toBe(2);
    expect(value('powens.attempt.duration', { outcome: 'failed' })).toBe(1);
    expect(value('powens.exchange.duration', { outcome: 'code_refused' })).toBe(1);
    expect(value('powens.webhooks.received', { event: 'USER_SYNCED', verdict: 'refused' })).toBe(1);
    expect(value('powens.webhooks.refused', { reason: 'signature' })).toBe(1);
    expect(value('powens.token.renewal.duration', { initiator: 'application', outcome: 'ok' })).toBe(1);
    expect(value('powens.reconciliation.duration', { result: 'compared' })).toBe(1);
    expect(value('powens.reconciliation.connections', { change: 'missing' })).toBe(1);
    expect(value('powens.delivery.duration', { event: 'connection.created', outcome: 'delivered' })).toBe(2);
  });

  it('should count a token that cannot be opened', async () => {
    await connected(app, 'telemetry-tampered');
    await sql(
      app,
      `UPDATE powens_user SET sealed_token = overlay(sealed_token placing 'AAAA' from 60) WHERE owner_id = $1`,
      ['telemetry-tampered'],
    );
    const use = app.app.get(ConnectionsService).withToken('telemetry-tampered', () => null);
    await expect(use).rejects.toMatchObject({ code: 'token_tampered' });
    expect(sumOf(await recorded.metrics(), 'powens.token.opens', { outcome: 'token_tampered' })).toBe(1);
  });

  it('should report what waits and what was given up', async () => {
    await sql(
      app,
      `UPDATE powens_inbox SET status = 'dead' WHERE position = (SELECT min(position) FROM powens_inbox)`,
    );
    await sql(
      app,
      `INSERT INTO powens_outbox (id, instance, tenant, owner_id, type, order_key, payload, status, deliveries,
          created_at, available_at)
        SELECT gen_random_uuid(), instance, '', '', type, gen_random_uuid(), '{}', state, tries,
          now() - (2 - tries) * interval '1 hour', now() + interval '1 day'
        FROM (SELECT instance, type FROM powens_outbox LIMIT 1) one,
          (VALUES ('pending', 0), ('pending', 1), ('dead', 1)) row (state, tries)`,
    );
    // A reading is used again for a few seconds.
    await untilFound(async () => {
      const series = await recorded.metrics();
      const value = (name: string): number => sumOf(series, name, { 'powens.instance': 'default' });
      return value('powens.outbox.depth') === 2 && value('powens.inbox.dead_letters') === 1 ? series : null;
    });
    const series = await recorded.metrics();
    expect(sumOf(series, 'powens.outbox.dead_letters', {})).toBe(1);
    // The older one was put off, and not tried.
    expect(Math.floor(sumOf(series, 'powens.outbox.age', {}) / 3600)).toBe(1);
    expect(sumOf(series, 'powens.inbox.depth', {})).toBe(0);
    const { ready, checks } = await app.app.get(ConnectionsReadiness).check();
    expect({ ready, outbox: checks.outbox, inbox: checks.inbox }).toEqual({
      ready: true,
      outbox: false,
      inbox: true,
    });
  });

  it('should hold no secret and no owner', async () => {
    const { url } = await start(app.browser(OWNER));
    await visitWebview(app, url);
    const text = JSON.stringify([recorded.spans().map(shown), await recorded.metrics()]);
    const query = new URL(callback, app.url).searchParams;
    for (const hidden of [
      OWNER,
      query.get('code'),
      query.get('state'),
      secret,
      app.sandbox.client.clientSecret,
    ]) {
      expect(hidden).toBeTruthy();
      expect(text).not.toContain(hidden);
    }
    expect(text).toContain(attemptId);
  });
});

function sumOf(series: readonly Series[], name: string, wanted: object): number {
  return series
    .filter((one) => one.name === name)
    .filter(({ labels }) => Object.entries(wanted).every(([key, value]) => labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

async function untilFound<T>(look: () => Promise<T | null>): Promise<T> {
  let found: T | null = null;
  await until(async () => (found = await look()) !== null);
  return found as T;
}
