import { describeOwnership, type TestRunner } from 'nestjs-powens-connections/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../helpers/flow/flow-app.js';
import { connected } from '../helpers/flow/lifecycle.js';
import { start } from '../helpers/flow/person.js';

describe('describeOwnership', () => {
  let app: FlowApp;
  let ids: { attemptId: string; connectionId: string };

  beforeAll(async () => {
    app = await startFlowApp();
    const { browser, connection } = await connected(app, 'owner');
    ids = { attemptId: (await start(browser)).attemptId, connectionId: connection.id };
  });

  afterAll(async () => {
    await app.close();
  });

  describeOwnership({ describe, it }, () => ({ app: app.app, otherOwner: { 'x-user': 'stranger' }, ...ids }));

  it('should fail when another owner is let in', async () => {
    const bodies: (() => Promise<void>)[] = [];
    const runner: TestRunner = { describe: (_, body) => body(), it: (_, body) => bodies.push(body) };
    // As if the host's guard took everybody for the owner.
    describeOwnership(runner, () => ({ app: app.app, otherOwner: { 'x-user': 'owner' }, ...ids }));
    expect(bodies).toHaveLength(5);
    await expect(bodies[0]?.()).rejects.toThrow('answered 200 to another owner');
  });
});
