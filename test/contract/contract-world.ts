import { CONFIG_TOKEN, startPowensSandbox, USERS_TOKEN } from 'powens-sandbox';
import type { PowensSandbox } from 'powens-sandbox';
import { ReferenceClient } from './client/reference-client.js';
import type { Call } from './client/reference-client.js';
import type { Route } from './client/route.js';

export const REDIRECT_URI = 'http://localhost:3000/callback';

/** The connectors of the sandbox's user: wealth with loans, a bank, bills. */
const CONNECTORS = { wealth: 67, bank: 40, bills: 81 } as const;

type Row = Record<string, unknown> & { id: number };

/** A sandbox with one user who has something of everything, and a client of the reference that speaks for the user. */
export class ContractWorld {
  /** What stands for the names of a path. */
  readonly ids: Record<string, string | number> = {};
  private readonly ofBills: Record<string, string | number> = {};

  private constructor(
    readonly sandbox: PowensSandbox,
    readonly client: ReferenceClient,
    readonly token: string,
  ) {}

  static async start(): Promise<ContractWorld> {
    const sandbox = await startPowensSandbox();
    const stranger = new ReferenceClient(sandbox.url, {});
    const made = await stranger.call('POST /auth/init', { body: credentialsOf(sandbox) });
    const token = String(made['auth_token']);
    const client = new ReferenceClient(sandbox.url, {
      ...{ user: token, config: CONFIG_TOKEN, users: USERS_TOKEN },
    });
    const world = new ContractWorld(sandbox, client, token);
    await world.connectAll();
    await world.findIds();
    return world;
  }

  get credentials(): { client_id: string; client_secret: string } {
    return credentialsOf(this.sandbox);
  }

  /** What a route needs to be read. */
  callOf({ path }: Route): Call {
    const bills = /subscription|document/.test(path) && !path.includes('{transaction}');
    return { path: { ...this.ids, ...(bills ? this.ofBills : {}) }, query: queryOf(path) };
  }

  /** The rows of a list. */
  async rows(route: string, key: string, call: Call = {}): Promise<Row[]> {
    return (await this.client.call(route, call))[key] as Row[];
  }

  /** Lets the sandbox play the person who connects a bank. */
  async connect(connector: number): Promise<number> {
    const { code } = await this.client.call('GET /auth/token/code');
    const query = new URLSearchParams({
      domain: `${this.sandbox.client.domain}.biapi.pro`,
      client_id: this.sandbox.client.clientId,
      redirect_uri: REDIRECT_URI,
      code: String(code),
      connector_ids: String(connector),
    });
    const url = `${this.sandbox.url}/en/connect?${query.toString()}`;
    const { location } = await this.admin('webview', { url });
    return Number(new URL(String(location)).searchParams.get('connection_id'));
  }

  /** Calls an admin route of the sandbox. */
  async admin(route: string, body: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.sandbox.url}/sandbox/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  private async connectAll(): Promise<void> {
    this.ids['connection'] = await this.connect(CONNECTORS.wealth);
    await this.connect(CONNECTORS.bank);
    this.ofBills['connection'] = await this.connect(CONNECTORS.bills);
  }

  private async findIds(): Promise<void> {
    const me = await this.client.call('GET /users/{user}');
    Object.assign(this.ids, {
      ...{ user: 'me', profile: String(me['id']), client: this.sandbox.client.clientId },
      ...{ connector: CONNECTORS.wealth, accountType: 2, signKey: 1 },
    });
    const { connection = '' } = this.ids;
    const path = { connection };
    const first = async (name: string, route: string, key: string, call: Call = {}): Promise<void> => {
      this.ids[name] = (await this.rows(route, key, call))[0]?.id ?? 0;
    };
    await first('connectorSource', 'GET /connectors/{connector}/sources', 'sources', { path: this.ids });
    await first('source', 'GET /connections/{connection}/sources', 'sources', { path });
    await first('account', 'GET /connections/{connection}/accounts', 'accounts', { path });
    await first('transaction', 'GET /transactions', 'transactions', { query: { limit: '1' } });
    this.ids['attachment'] = this.ids['transaction'] ?? 0;
    const [pocket] = await this.rows('GET /pockets', 'pockets');
    Object.assign(this.ids, { pocket: pocket?.id, investment: pocket?.['id_investment'] });
    await first('marketOrder', 'GET /marketorders', 'marketorders');
    await first('document', 'GET /documents', 'documents', { query: { limit: '1' } });
    const [subscription] = await this.rows('GET /connections/{connection}/subscriptions', 'subscriptions', {
      path: this.ofBills,
    });
    this.ids['subscription'] = subscription?.id ?? 0;
    await this.makeWebhooks();
  }

  private async makeWebhooks(): Promise<void> {
    const auth = { type: 'hmac_signature', name: 'contract' };
    const provider = await this.client.call('POST /webhooks/auth', { body: auth });
    const body = { event: 'CONNECTION_SYNCED', url: `${this.sandbox.url}/nowhere`, id_auth: provider['id'] };
    const webhook = await this.client.call('POST /webhooks', { body });
    Object.assign(this.ids, { authProvider: provider['id'], webhook: webhook['id'] });
    await this.sandbox.webhooks.deliver({
      event: 'CONNECTION_SYNCED',
      idConnection: Number(this.ids['connection']),
    });
  }
}

function credentialsOf({ client }: PowensSandbox): { client_id: string; client_secret: string } {
  return { client_id: client.clientId, client_secret: client.clientSecret };
}

const EXPANSION =
  'connector[fields,sources,countries,urls],sources,accounts,all_accounts,subscriptions,all_subscriptions';

function queryOf(path: string): Record<string, string> {
  const last = path.split('/').at(-1) ?? '';
  const ofConnection = /\/connections(\/\{connection\})?$/.test(path) ? { expand: EXPANSION } : {};
  const ofConnector = last === 'connectors' ? { expand: 'fields,sources,countries,urls' } : {};
  const ofTransactions = last === 'transactions' ? { limit: '500', expand: 'attachments', all: '' } : {};
  const ofDocuments = last === 'documents' ? { limit: '500' } : {};
  const ofBalances = last === 'balances' ? { min_date: '2020-01-01' } : {};
  const ofItems = /\{(account|subscription)\}$/.test(path) ? { all: '', expand: 'connection' } : {};
  return {
    ...ofConnection,
    ...ofConnector,
    ...ofTransactions,
    ...ofDocuments,
    ...ofBalances,
    ...ofItems,
  };
}
