import type { Connection } from '../../flow/connections.service.js';

/** What a state means for the owner, and the action it requires. */
interface StateExample extends Pick<Connection, 'state' | 'requiredAction'> {
  readonly summary: string;
}

/**
 * Every documented state, and one that is not.
 *
 * @see https://docs.powens.com/documentation/integration-guides/sca-and-connection-states
 */
const STATES: readonly StateExample[] = [
  { state: null, requiredAction: null, summary: 'Fine' },
  { state: 'SCARequired', requiredAction: 'reconnect', summary: 'A strong authentication is due' },
  {
    state: 'webauthRequired',
    requiredAction: 'reconnect',
    summary: "To be authorised again on the bank's site",
  },
  { state: 'additionalInformationNeeded', requiredAction: 'reconnect', summary: 'The bank asks for a code' },
  { state: 'decoupled', requiredAction: 'reconnect', summary: "To be confirmed in the bank's app" },
  { state: 'wrongpass', requiredAction: 'reconnect', summary: 'The bank refuses the credentials' },
  { state: 'validating', requiredAction: 'wait', summary: 'A confirmation is being processed' },
  { state: 'rateLimiting', requiredAction: 'wait', summary: 'The bank throttles; resumes by itself' },
  { state: 'websiteUnavailable', requiredAction: 'wait', summary: 'The bank is down; resumes by itself' },
  { state: 'bug', requiredAction: 'wait', summary: 'A failure of Powens; resumes by itself' },
  { state: 'actionNeeded', requiredAction: 'act_at_bank', summary: 'Something to do on the bank’s own site' },
  {
    state: 'passwordExpired',
    requiredAction: 'act_at_bank',
    summary: 'A new password to choose at the bank',
  },
  { state: 'notSupported', requiredAction: 'contact_support', summary: 'Not supported by the connector' },
  {
    state: 'someFutureState',
    requiredAction: 'contact_support',
    summary: 'A word that this version does not know',
  },
];

const CONNECTION = {
  id: '01985c3f-0f1b-7a52-8f0e-52f0c7f6a9d1',
  powensConnectionId: '1187',
  connectorUuid: '338178e6-3d01-564f-9a7b-52ca442459bf',
  connectorName: 'Connecteur de test',
  state: null,
  requiredAction: null,
  createdAt: '2026-03-14T09:28:40.002Z',
  lastSyncedAt: '2026-03-14T09:27:40.000Z',
  expiresAt: null,
};

/** A connection in each state, by the name of the state; `fine` when there is none. */
export const CONNECTION_EXAMPLES = Object.fromEntries(
  STATES.map(({ state, requiredAction, summary }) => [
    state ?? 'fine',
    { summary: `${state ?? 'null'}: ${summary}`, value: { ...CONNECTION, state, requiredAction } },
  ]),
);

/** A page with one connection that is fine and one that is not. */
export const CONNECTION_PAGE_EXAMPLES = {
  two: {
    summary: 'One is fine, one asks for something',
    value: {
      items: [
        CONNECTION,
        {
          ...CONNECTION,
          id: '01985c41-93d0-7e0c-9c1a-0d3a8be1c5f4',
          powensConnectionId: '1188',
          connectorUuid: 'c2a4d1b3-7e5f-5c8b-9da2-1f3e5a7b9c21',
          connectorName: 'Crédit du Littoral',
          state: 'wrongpass',
          requiredAction: 'reconnect',
        },
      ],
      nextCursor: null,
    },
  },
  none: { summary: 'Nothing is connected yet', value: { items: [], nextCursor: null } },
};

/** The same as text, for the schema. */
export const STATES_IN_WORDS = STATES.filter(({ state }) => state !== null)
  .map(({ state, requiredAction, summary }) => `- \`${state}\` → \`${requiredAction}\`: ${summary}`)
  .join('\n');
