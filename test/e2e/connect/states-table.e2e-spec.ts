import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { ConnectionEvent } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import {
  advance,
  connected,
  connectionsOf,
  setState,
  type Connected,
  type ConnectionBody,
} from '../../helpers/flow/lifecycle.js';
import { until, visitWebview } from '../../helpers/flow/person.js';

/** What the provider documents, with what its integrators must do; and a word that nobody has heard of. */
const STATES: readonly (readonly [state: string, requiredAction: string])[] = [
  ['SCARequired', 'reconnect'],
  ['webauthRequired', 'reconnect'],
  ['additionalInformationNeeded', 'reconnect'],
  ['decoupled', 'reconnect'],
  ['wrongpass', 'reconnect'],
  ['validating', 'wait'],
  ['rateLimiting', 'wait'],
  ['websiteUnavailable', 'wait'],
  ['bug', 'wait'],
  ['actionNeeded', 'act_at_bank'],
  ['passwordExpired', 'act_at_bank'],
  ['notSupported', 'contact_support'],
  ['someFutureState', 'contact_support'],
];

/** What the API document says of one connection. */
interface Documented {
  readonly examples: Record<string, { value: ConnectionBody }>;
  readonly enum: readonly string[];
}

describe('the states of a connection', () => {
  let app: FlowApp;
  let documented: Documented;

  beforeAll(async () => {
    app = await startFlowApp();
    documented = documentedBy(app);
  });

  afterAll(async () => {
    await app.close();
  });

  it.each(STATES)('should be told the same everywhere: %s asks to %s', async (state, requiredAction) => {
    const owner = `owner-${state}`;
    const { browser, connection } = await connected(app, owner);
    await observe(app, { browser, connection }, state);

    const [listed] = await connectionsOf(browser);
    expect(listed).toMatchObject({ id: connection.id, state, requiredAction });
    expect((await browser.get(`/connections/${connection.id}`)).json()).toEqual(listed);
    const told = await eventOf(app, connection, 'connection.action_required');
    expect(told).toMatchObject({ ownerId: owner, data: { state, requiredAction, previousState: null } });
    // The provider's own message may hold a bank's address: it is nowhere.
    expect(JSON.stringify([listed, told])).not.toContain('bank.example.test');
    expect(documented.examples[state]?.value).toMatchObject({ state, requiredAction });
    expect(Object.keys(documented.examples[state]?.value ?? {}).sort()).toEqual(
      Object.keys(listed ?? {}).sort(),
    );
    expect(documented.enum).toContain(requiredAction);

    await observe(app, { browser, connection }, null);
    expect(await connectionsOf(browser)).toMatchObject([{ state: null, requiredAction: null }]);
    expect(await eventOf(app, connection, 'connection.recovered')).toMatchObject({
      ownerId: owner,
      data: { previousState: state },
    });
  });

  it('should tell nothing of a connection that is fine and stays so', async () => {
    const { browser, connection } = await connected(app, 'owner-fine');
    // A date of the provider has whole seconds: a synchronisation in the same one is none.
    await advance(app, 5);
    await observe(app, { browser, connection }, null);
    await eventOf(app, connection, 'connection.synced');
    const types = app.events
      .filter(({ connectionId }) => connectionId === connection.id)
      .map(({ type }) => type);
    expect(types).not.toContain('connection.action_required');
    expect(types).not.toContain('connection.recovered');
    expect(documented.examples['fine']?.value).toMatchObject({ state: null, requiredAction: null });
  });

  it('should be documented without a state that no test walks through', () => {
    expect(Object.keys(documented.examples).sort()).toEqual(
      ['fine', ...STATES.map(([state]) => state)].sort(),
    );
  });
});

/** Puts the connection into a state at the provider, and has the application look: it does when the manage page is left. */
async function observe(
  app: FlowApp,
  { browser, connection }: Connected,
  state: string | null,
): Promise<void> {
  await setState(app, connection, state);
  const { url } = (await browser.post('/connections/manage')).json<{ url: string }>();
  const landed = await browser.get(await visitWebview(app, url));
  expect(landed.status).toBe(303);
}

async function eventOf(
  app: FlowApp,
  { id }: ConnectionBody,
  type: string,
): Promise<ConnectionEvent | undefined> {
  const find = (): ConnectionEvent | undefined =>
    app.events.find((event) => event.connectionId === id && event.type === type);
  await until(() => find() !== undefined);
  return find();
}

function documentedBy({ app }: FlowApp): Documented {
  const { paths, components } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
  const ok = paths['/connections/{id}']?.get?.responses['200'] as {
    content: Record<string, { examples: Documented['examples'] }>;
  };
  const schema = components?.schemas?.['PowensConnectionsConnectionResponse'] as {
    properties: Record<string, { enum?: string[] }>;
  };
  return {
    examples: ok.content['application/json']?.examples ?? {},
    enum: schema.properties['requiredAction']?.enum ?? [],
  };
}
