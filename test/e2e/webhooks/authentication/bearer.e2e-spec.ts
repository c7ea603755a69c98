import { inspect } from 'node:util';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { ConnectionsService, type ConnectionsModuleOptions } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureOutput } from '../../../helpers/canary/collector.js';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../../helpers/flow/flow-app.js';
import { connected, eventOf, type Connected } from '../../../helpers/flow/lifecycle.js';
import {
  powensUserOf,
  push,
  syncedBody,
  wholeInbox,
  type PushAnswer,
} from '../../../helpers/webhooks/pushed.js';

const SYNCED = '/connections/webhooks/connection-synced';
let serial = 70_000;

const optionsWith = (
  auth: NonNullable<ConnectionsModuleOptions['webhooks']>['auth'],
): Partial<ConnectionsModuleOptions> => ({ webhooks: { auth, pollIntervalMs: 50 } });

async function tokenOf(app: FlowApp, owner: Connected): Promise<string> {
  const user = owner.browser.user ?? '';
  return app.app.get(ConnectionsService).withToken(user, (token) => token.use((clear) => clear));
}

describe.each(ADAPTERS)('webhooks that carry the token of a user, on %s', (adapter) => {
  const seen: string[] = [];
  /** What a host that logs requests sees, raw headers included. */
  const look = (request: object): void => {
    const { url = '' } = request as { url?: string };
    if (url.includes('/webhooks/')) {
      const text = inspect(request, { depth: 4, maxArrayLength: 200, breakLength: 200 });
      seen.push(text);
      captureOutput('host', text);
    }
  };
  let app: FlowApp;
  let owner: Connected;
  let other: Connected;

  const logging: NestInterceptor = {
    intercept(context: ExecutionContext, next: CallHandler) {
      look(context.switchToHttp().getRequest<object>());
      return next.handle();
    },
  };

  beforeAll(async () => {
    app = await startFlowApp({
      adapter,
      options: optionsWith({ type: 'bearer' }),
      prepare: (host) => {
        host.useGlobalInterceptors(logging);
        host.use((request: object, _response: unknown, next: () => void) => {
          look(request);
          next();
        });
      },
    });
    owner = await connected(app, 'bearer-owner');
    other = await connected(app, 'bearer-other');
  });

  afterAll(async () => {
    await app.close();
  });

  const send = async (
    authorization: string | null,
    about: Connected = owner,
    event = 'connection-synced',
  ): Promise<PushAnswer> => {
    const connection = { ...about.connection, powensUserId: await powensUserOf(app, about) };
    const body = syncedBody(connection, { lastUpdate: '2027-03-14 10:27:40', webhookDataId: (serial += 1) });
    const headers = authorization === null ? {} : { authorization };
    return push(app.url, `/connections/webhooks/${event}`, body, { secret: '', signature: null, headers });
  };

  it('should be taken with the token of the user they name, and with no other [W04, TC-13]', async () => {
    const token = await tokenOf(app, owner);
    const theirs = await tokenOf(app, other);
    expect((await send(`Bearer ${token}`)).status).toBe(204);
    expect((await send(`bearer ${token}`)).status).toBe(204);
    expect((await eventOf(app, 'bearer-owner', 'connection.synced')).connectionId).toBe(owner.connection.id);

    const before = await wholeInbox(app);
    const last = token.endsWith('a') ? 'b' : 'a';
    const wrong = [
      null,
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${theirs}`,
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token.slice(0, -1)}${last}`,
      `Bearer ${token} ${token}`,
      `Basic ${Buffer.from(token).toString('base64')}`,
      token,
    ];
    const answers = await Promise.all(wrong.map(async (authorization) => send(authorization)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(401);
    expect(await wholeInbox(app)).toEqual(before);
  });

  it('should be taken for events of a later Powens, too, when they name their user [F11]', async () => {
    expect((await send(`Bearer ${await tokenOf(app, owner)}`, owner, 'something-of-tomorrow')).status).toBe(
      204,
    );
    expect((await send(`Bearer ${await tokenOf(app, other)}`, owner, 'something-of-tomorrow')).status).toBe(
      401,
    );
  });

  it('should be refused when they name nobody, or somebody unknown', async () => {
    const headers = { authorization: `Bearer ${await tokenOf(app, owner)}` };
    for (const body of [{}, { user: { id: 999_999_999 } }, { user: { id: null } }, [], null, 'x']) {
      const how = { secret: '', signature: null, headers };
      expect((await push(app.url, SYNCED, body, how)).status).toBe(401);
    }
  });

  it('should not let the token of one user touch the connection of another', async () => {
    const headers = { authorization: `Bearer ${await tokenOf(app, other)}` };
    const body = {
      id: Number(owner.connection.powensConnectionId),
      id_user: Number(await powensUserOf(app, other)),
      id_webhook_data: (serial += 1),
    };
    const how = { secret: '', signature: null, headers };
    expect((await push(app.url, '/connections/webhooks/connection-deleted', body, how)).status).toBe(204);
    await send(`Bearer ${await tokenOf(app, other)}`, other);
    await eventOf(app, 'bearer-other', 'connection.synced');
    expect((await owner.browser.get(`/connections/${owner.connection.id}`)).status).toBe(200);
  });

  it('should show the token to no middleware, no interceptor, no log [W04, WH-11]', async () => {
    const token = await tokenOf(app, owner);
    seen.length = 0;
    await send(`Bearer ${token}`);
    expect(seen.length).toBeGreaterThan(adapter === 'express' ? 1 : 0);
    expect(seen.join('\n')).not.toContain(token);
    expect(seen.join('\n')).toContain('bi-signature-date');
    expect(app.logger.lines.join('\n')).not.toContain(token);
  });

  it('should be refused with a token that was revoked, and taken with the one that came after [W04]', async () => {
    const old = await tokenOf(app, owner);
    await app.app.get(ConnectionsService).renewToken('bearer-owner');
    expect((await send(`Bearer ${old}`)).status).toBe(401);
    expect((await send(`Bearer ${await tokenOf(app, owner)}`)).status).toBe(204);
    const current = await tokenOf(app, owner);
    await app.app.get(ConnectionsService).revokeToken('bearer-owner');
    expect((await send(`Bearer ${current}`)).status).toBe(401);
  });
});
