import type { ConnectionCreatedEvent } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { CONNECTORS } from '../../helpers/flow/custom.js';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connectionsOf } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { connect, until } from '../../helpers/flow/person.js';

describe('an owner who connects the same bank again', () => {
  let app: FlowApp;

  useFlowApp({}, (opened) => {
    app = opened;
  });

  /** Connects, and gives what was told of it, by connection. */
  async function told(
    owner: string,
    connectorUuid: string,
    connections = 1,
  ): Promise<Record<string, readonly string[]>> {
    const browser = app.browser(owner);
    const body = { connectorUuids: [connectorUuid], maxConnections: connections };
    const { started } = await connect(app, browser, { body, connections, connectorUuid });
    const own = (): ConnectionCreatedEvent[] =>
      app.events.filter(({ attemptId }) => attemptId === started.attemptId) as ConnectionCreatedEvent[];
    await until(() => own().length === connections);
    return Object.fromEntries(own().map((event) => [event.connectionId ?? '', event.data.sameConnectorAs]));
  }

  it('should be told of with the connections that have the same connector, and nobody else’s [F6]', async () => {
    const first = await told('ann', CONNECTORS.plain);
    expect(Object.values(first)).toEqual([[]]);
    expect(Object.values(await told('ann', CONNECTORS.decoupled))).toEqual([[]]);
    expect(Object.values(await told('ben', CONNECTORS.plain))).toEqual([[]]);
    const second = await told('ann', CONNECTORS.plain);
    expect(Object.values(second)).toEqual([Object.keys(first)]);
    const third = await told('ann', CONNECTORS.plain);
    expect(Object.values(third)).toEqual([[...Object.keys(first), ...Object.keys(second)].sort()]);
  });

  it('should be told of those that came by one callback, each with the other [F6]', async () => {
    const both = await told('cleo', CONNECTORS.plain, 2);
    const [one = '', other = ''] = Object.keys(both);
    expect(both).toEqual({ [one]: [other], [other]: [one] });
  });

  it('should not count what is gone or going, or has no connector that is known [F6]', async () => {
    const [gone = ''] = Object.keys(await told('dan', CONNECTORS.plain));
    const [going = ''] = Object.keys(await told('dan', CONNECTORS.plain));
    const [nameless = ''] = Object.keys(await told('dan', CONNECTORS.plain));
    await app.browser('dan').send('DELETE', `/connections/${gone}`, {});
    await sql(
      app,
      `UPDATE powens_connection SET status = 'deleting', removal_reason = 'requested', leased_until = now() + interval '1 day' WHERE id = $1`,
      [going],
    );
    await sql(app, 'UPDATE powens_connection SET connector_uuid = NULL WHERE id = $1', [nameless]);
    expect(Object.values(await told('dan', CONNECTORS.plain))).toEqual([[]]);
    expect(await connectionsOf(app.browser('dan'))).toHaveLength(2);
  });

  it('should keep every other field of the event as it is', async () => {
    const owner = 'zo%C3%A9 "quoted" \\u0041';
    await told(owner, CONNECTORS.plain);
    const event = app.events.find(({ ownerId }) => ownerId === owner);
    const [row] = await sql<{ payload: string }>(app, 'SELECT payload FROM powens_outbox WHERE id = $1', [
      event?.id,
    ]);
    expect(JSON.parse(row?.payload ?? '')).toEqual(event);
    expect(Object.keys(event ?? {})).toHaveLength(12);
    expect(event?.data).toEqual({
      connectorUuid: CONNECTORS.plain,
      connectorName: expect.any(String) as string,
      state: null,
      connectedBy: null,
      metadata: {},
      sameConnectorAs: [],
    });
  });
});
