import { CONFIG_TOKEN, DEFAULT_CLIENT, USERS_TOKEN } from '../../sandbox.credentials.js';
import { ACCESS_TOKEN, AUTH_TOKEN, JWT, SERVICE_TOKEN } from '../../wire/auth.wire.js';
import type { Fields, Resource } from '../../wire/table/field.js';
import { AUTH_PROVIDER } from '../../wire/webhook.wire.js';
import { CREDENTIALS, SandboxHarness } from '../sandbox.harness.js';
import { LISTS } from './reading-routes.js';
import type { Who } from './reading-routes.js';

const CONNECTOR_SOURCE_ID = 77;

/** An answer that was read. */
interface Read {
  filled: string;
  status: number;
  json: Record<string, unknown>;
}

/** A user of a sandbox of its own who has something of everything: every field that can have a value has one somewhere. */
export class RichUser {
  private readonly ids = new Map<string, unknown>();

  private constructor(
    readonly sandbox: SandboxHarness,
    private readonly tokens: Record<Who, string>,
  ) {}

  static async start(): Promise<RichUser> {
    const sandbox = await SandboxHarness.start();
    const { token } = await sandbox.connectedUser({ connector_ids: '67' });
    const user = new RichUser(sandbox, { user: token, config: CONFIG_TOKEN, users: USERS_TOKEN });
    for (const connector of ['40', '81', '61']) {
      await user.connect(connector);
    }
    await user.prepareWebhooks();
    await user.findIds();
    await user.changeThings();
    return user;
  }

  /** Reads a path; names in braces are ids of the lists that were read first. */
  async read(path: string, who: Who = 'user'): Promise<Read> {
    const isOfConnector = path.startsWith('connectors/');
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
      String(isOfConnector ? CONNECTOR_SOURCE_ID : this.ids.get(name)),
    );
    const { status, json } = await this.sandbox.get(`/2.0/${filled}`, this.tokens[who]);
    return { filled, status, json };
  }

  /** What only making it shows: tokens, and the secret of an auth provider. */
  async made(): Promise<{ resource: Resource<Fields>; json: Record<string, unknown> }[]> {
    const { sandbox } = this;
    const grant = { ...CREDENTIALS, grant_type: 'client_credentials' };
    const code = await sandbox.get('/2.0/auth/token/code', this.tokens.user);
    const auth = { type: 'hmac_signature', name: 'second' };
    const answers: [Resource<Fields>, { json: Record<string, unknown> }][] = [
      [AUTH_TOKEN, await sandbox.post('/2.0/auth/init', CREDENTIALS)],
      [AUTH_TOKEN, await sandbox.post('/2.0/auth/init', {})],
      [ACCESS_TOKEN, await sandbox.exchange(String(code.json['code']))],
      [SERVICE_TOKEN, await sandbox.post('/2.0/auth/token', { ...grant, scope: 'payments:admin' })],
      [JWT, await sandbox.post('/2.0/auth/jwt', { ...CREDENTIALS, scope: 'read' })],
      [AUTH_PROVIDER, await sandbox.post('/2.0/webhooks/auth', auth, CONFIG_TOKEN)],
    ];
    return answers.map(([resource, { json }]) => ({ resource, json }));
  }

  private async connect(connector: string): Promise<void> {
    const { json } = await this.sandbox.get('/2.0/auth/token/code', this.tokens.user);
    await this.sandbox.visit({ code: String(json['code']), connector_ids: connector });
  }

  private async prepareWebhooks(): Promise<void> {
    const { sandbox } = this;
    const auth = { type: 'hmac_signature', name: 'contract' };
    const { json } = await sandbox.call('POST', '/2.0/webhooks/auth', { body: auth, bearer: CONFIG_TOKEN });
    const body = { event: 'CONNECTION_SYNCED', url: `${sandbox.url}/nowhere`, id_auth: json['id'] };
    await sandbox.call('POST', '/2.0/webhooks', { body, bearer: CONFIG_TOKEN });
    const other = { event: 'USER_DELETED', url: `${sandbox.url}/elsewhere` };
    const made = await sandbox.post('/2.0/webhooks', other, CONFIG_TOKEN);
    await sandbox.post(`/2.0/webhooks/${String(made.json['id'])}`, { deleted: '2026-01-01' }, CONFIG_TOKEN);
    const [connection] = sandbox.ledger.connections;
    await sandbox.webhooks.deliver({ event: 'CONNECTION_SYNCED', idConnection: connection?.id ?? 0 });
  }

  private async findIds(): Promise<void> {
    for (const { path, key, who } of LISTS) {
      const { json } = await this.read(path, who);
      const rows = json[key] as Record<string, unknown>[];
      // One in another currency has more fields.
      const chosen = rows.find((row) => (row['original_currency'] ?? null) !== null) ?? rows[0];
      this.ids.set(key, chosen?.['id']);
    }
  }

  /** The last thing of a list is no longer consented to. */
  private async takeBack(name: 'accounts' | 'subscriptions'): Promise<void> {
    const { json } = await this.sandbox.get(`/2.0/${name}`, this.tokens.user);
    const last = (json[name] as { id: number }[]).at(-1);
    await this.sandbox.post(`/2.0/${name}/${last?.id}`, { disabled: true }, this.tokens.user);
  }

  /** A bank that waits for a code, and one whose own site waits. */
  private async leaveUnfinished(): Promise<void> {
    const login = { login: 'test_login', password: '1234' };
    await this.sandbox.post('/2.0/connections', { id_connector: 61, ...login }, this.tokens.user);
    await this.sandbox.post('/2.0/connections', { id_connector: 59 }, this.tokens.user);
  }

  /** What the person wrote, what the bank took back, what went wrong. */
  private async changeThings(): Promise<void> {
    const { sandbox, ids } = this;
    const { user } = this.tokens;
    const [transaction, document] = [String(ids.get('transactions')), String(ids.get('documents'))];
    await sandbox.post(`/2.0/users/me/transactions/${transaction}`, { comment: 'Lunch' }, user);
    await sandbox.post(`/sandbox/transactions/${transaction}`, { deleted: true });
    await sandbox.post(`/2.0/documents/${document}`, { name: 'renamed.pdf' }, user);
    const keys = { generate_keys: true, primary_color: '1A2B3C' };
    await sandbox.call('PUT', `/2.0/clients/${DEFAULT_CLIENT.clientId}`, {
      body: keys,
      bearer: CONFIG_TOKEN,
    });
    await this.takeBack('accounts');
    await this.takeBack('subscriptions');
    await this.leaveUnfinished();
    await sandbox.post('/2.0/test/sync', {}, CONFIG_TOKEN);
    const connections = await sandbox.get('/2.0/connections', user);
    const rows = connections.json['connections'] as { id: number; id_connector: number }[];
    const failing = rows.find(({ id_connector: connector }) => connector === 61)?.id;
    await sandbox.post(`/sandbox/connections/${failing}`, { state: 'wrongpass', errorMessage: 'Refused' });
    const [first] = rows;
    const path = `/2.0/connections/${first?.id}/sources/${String(ids.get('sources'))}`;
    await sandbox.post(path, { disabled: true }, user);
  }
}
