import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describeOwnership, startSandboxFixture, type TestRunner } from 'nestjs-powens-connections/testing';
import { startPowensSandbox } from 'powens-sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../helpers/flow/flow-app.js';
import { connected, eventOf } from '../helpers/flow/lifecycle.js';
import { start } from '../helpers/flow/person.js';
import { hmacWebhooks } from '../helpers/webhooks/pushed.js';

/** The routes of the library that answer owners, as the OpenAPI document of the application lists them. */
function ownedRoutes(app: INestApplication): string[] {
  const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
  return (
    Object.entries(paths)
      .filter(([path]) => !/\/(callback|landing|webhooks)\b/.test(path))
      .flatMap(([path, methods]) =>
        Object.keys(methods).map(
          (method) => `${method.toUpperCase()} ${path.replace('/connections', '') || '/'}`,
        ),
      )
      // A page that is the same for everybody.
      .filter((route) => route !== 'GET /links/open')
  );
}

describe('describeOwnership', () => {
  let app: FlowApp;
  let ids: { attemptId: string; connectionId: string; linkId: string };

  beforeAll(async () => {
    app = await startFlowApp({ extras: { customConnections: true } });
    const { browser, connection } = await connected(app, 'owner');
    const { id: linkId } = (await browser.post('/connections/links')).json<{ id: string }>();
    ids = { attemptId: (await start(browser)).attemptId, connectionId: connection.id, linkId };
  });

  afterAll(async () => {
    await app.close();
  });

  const subject = (user: string) => ({
    app: app.app,
    otherOwner: { 'x-user': user },
    customConnections: true,
    ...ids,
  });

  describeOwnership({ describe, it }, () => subject('stranger'));

  /** The tests that it declares, by title. */
  function declared(user: string): Map<string, () => Promise<void>> {
    const tests = new Map<string, () => Promise<void>>();
    const runner: TestRunner = {
      describe: (_, body) => {
        body();
      },
      it: (title, body) => tests.set(title, body),
    };
    describeOwnership(runner, () => subject(user));
    return tests;
  }

  it('should ask every route that answers owners', () => {
    const asked = [...declared('owner').keys()]
      .filter((title) => title.startsWith('should be refused by '))
      .map((title) => title.replace('should be refused by ', ''));
    expect(asked.sort()).toEqual(ownedRoutes(app.app).sort());
  });

  it('should fail when another owner is let in', async () => {
    // As if the host's guard took everybody for the owner.
    const tests = declared('owner');
    await expect(tests.get('should be absent for GET /attempts/{id}')?.()).rejects.toThrow(
      'answered 200 to another owner',
    );
    await expect(tests.get('should not be listed by GET /')?.()).rejects.toThrow('lists a connection');
  });
});

describe('startSandboxFixture', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp({ options });
  });

  afterAll(async () => {
    await app.close();
  });

  it('should take an application through a flow, a state and a webhook', async () => {
    const sandbox = await startSandboxFixture(app.sandbox);
    const browser = app.browser('alice');
    const callback = new URL((await sandbox.completeWebview((await start(browser)).url)) ?? '');
    expect((await browser.get(`${callback.pathname}${callback.search}`)).status).toBe(303);
    const { powensConnectionId } = await eventOf(app, 'alice', 'connection.created');

    const url = `${app.url.replace('localhost', '127.0.0.1')}/connections/webhooks/connection-synced`;
    await sandbox.registerWebhook('CONNECTION_SYNCED', url, secret);
    await sandbox.setState(powensConnectionId ?? '', 'wrongpass');
    expect((await eventOf(app, 'alice', 'connection.action_required')).data).toMatchObject({
      requiredAction: 'reconnect',
    });
    expect(
      await sandbox.fireWebhook('CONNECTION_SYNCED', { idConnection: Number(powensConnectionId) }),
    ).toEqual([204]);
    const { connections, codes } = await sandbox.ledger();
    expect(connections).toMatchObject([{ id: Number(powensConnectionId), state: 'wrongpass' }]);
    expect(codes.map(({ exchanges }) => exchanges)).toEqual([1]);
  });

  it('should start and stop a sandbox of its own, and say what it refused', async () => {
    const sandbox = await startSandboxFixture(startPowensSandbox);
    expect(sandbox.options().powens.apiUrl).toBe(`${sandbox.url}/2.0`);
    expect(await sandbox.completeWebview('http://localhost/none').catch(String)).toContain(
      'sandbox answered',
    );
    await sandbox.close();
    await expect(sandbox.ledger()).rejects.toThrow();
  });
});
