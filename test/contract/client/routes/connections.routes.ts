import {
  CONNECTION,
  CONNECTIONS,
  CONNECTION_LOGS,
  CONNECTION_SOURCE,
  CONNECTION_SOURCES,
  OWNER_IDENTITY,
} from '../objects/connections.js';
import {
  BANKS,
  BANK_CATEGORIES,
  CONNECTOR,
  CONNECTORS,
  CONNECTOR_FIELDS,
  CONNECTOR_SOURCE,
  CONNECTOR_SOURCES,
  COUNTRIES,
  LOGOS,
  PROVIDERS,
} from '../objects/connectors.js';
import { owned, routes, updates } from '../route.js';

const NOBODY = { who: 'nobody' } as const;
const ONE = owned('/connections/{connection}');
const SOURCE = owned('/connections/{connection}/sources/{source}');

/** `user-connections/connectors` and `user-connections/connections`. */
export const CONNECTION_ROUTES = [
  ...routes('GET', '/connectors', CONNECTORS, NOBODY),
  ...routes('GET', '/banks', BANKS, NOBODY),
  ...routes('GET', '/providers', PROVIDERS, NOBODY),
  ...routes(
    'GET',
    ['/connectors/{connector}', '/banks/{connector}', '/providers/{connector}'],
    CONNECTOR,
    NOBODY,
  ),
  ...routes('GET', '/connectors/{connector}/fields', CONNECTOR_FIELDS, NOBODY),
  ...routes('GET', '/connectors/{connector}/sources', CONNECTOR_SOURCES, NOBODY),
  ...routes('GET', '/connectors/{connector}/sources/{connectorSource}', CONNECTOR_SOURCE, NOBODY),
  ...routes(
    'GET',
    ['/connectors/{connector}/logos', '/banks/{connector}/logos', '/providers/{connector}/logos'],
    LOGOS,
    NOBODY,
  ),
  ...routes('GET', '/banks/categories', BANK_CATEGORIES, NOBODY),
  ...routes('GET', '/countries', COUNTRIES, NOBODY),
  ...routes('GET', owned('/connections'), CONNECTIONS),
  ...routes('POST', owned('/connections'), CONNECTION, { statuses: [200, 201, 202] }),
  ...routes('GET', ONE, CONNECTION),
  ...updates(ONE, CONNECTION, { statuses: [200, 202] }),
  ...routes('DELETE', ONE, 'nothing', { statuses: [204] }),
  ...routes('GET', owned('/connections/{connection}/sources'), CONNECTION_SOURCES),
  ...routes('GET', SOURCE, CONNECTION_SOURCE),
  ...routes('POST', SOURCE, CONNECTION_SOURCE),
  ...routes('GET', owned('/connections/{connection}/logs'), CONNECTION_LOGS),
  ...routes('GET', owned('/connections/{connection}/owner_identity'), OWNER_IDENTITY),
];
