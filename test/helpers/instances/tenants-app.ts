import {
  ConnectionsService,
  type ConnectionsModuleOptions,
  type ConnectionsRequest,
  type TenantSettings,
} from 'nestjs-powens-connections';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { madeUpKey } from '../envelope.js';
import type { Browser } from '../flow/browser.js';
import { startFlowApp, type FlowApp } from '../flow/flow-app.js';
import { sql } from '../flow/observe.js';
import { connect } from '../flow/person.js';
import { openLikeTheDocumentation, type EnvelopeRow } from './opened-envelope.js';

/** A row of `powens_user`. */
export interface UserRow extends EnvelopeRow {
  readonly sealed_token: string;
}

/** An owner as the header of a test names it: `tenant/owner`. */
export function ownerOf({ user }: Pick<Browser, 'user'>): { tenant: string; id: string } {
  const [tenant = '', id = ''] = (user ?? '').split('/');
  return { tenant, id };
}

function namedIn({ headers }: ConnectionsRequest): { tenant: string; id: string } | null {
  const user = headers['x-user'];
  return typeof user === 'string' ? ownerOf({ user }) : null;
}

/** An application whose tenants have keys of their own, which a test takes away and gives back. */
export class TenantsApp {
  readonly given: Record<'acme' | 'globex' | 'plain', TenantSettings> & {
    readonly acme: { keys: string };
    readonly globex: { keys: string };
  } = {
    acme: { keys: madeUpKey('a1') },
    globex: { keys: madeUpKey('g1') },
    plain: { keys: null },
  };

  /** What the resolver answers by tenant, null where nothing is said, or throws. */
  keys: Record<string, TenantSettings | null | Error> = { ...this.given };

  /** Tenants that the resolver was asked for. */
  asked: string[] = [];

  readonly options: Partial<ConnectionsModuleOptions> & Pick<Required<ConnectionsModuleOptions>, 'tenants'> =
    {
      owner: { resolveOwner: namedIn, resolvePrincipal: namedIn },
      tenants: {
        resolve: async (tenant) => {
          this.asked.push(tenant);
          const found = this.keys[tenant] ?? null;
          return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
        },
        cache: { ttlSeconds: 0 },
      },
    };

  #app: FlowApp | undefined;
  #serial = 0;

  get app(): FlowApp {
    return this.#app as FlowApp;
  }

  async start(): Promise<void> {
    this.#app = await startFlowApp({ options: this.options });
  }

  /** Every tenant has its keys again. */
  restore(): void {
    this.keys = { ...this.given };
    this.asked = [];
  }

  /** A browser of a new owner. */
  someone(tenant: string, at = this.app): Browser {
    return at.browser(`${tenant}/someone-${(this.#serial += 1)}`);
  }

  /** A new owner with a connection. */
  async connected(tenant: string, at = this.app): Promise<Browser> {
    const browser = this.someone(tenant, at);
    const { landed } = await connect(at, browser);
    if (landed.status !== 303) throw new Error(`the callback answered ${landed.status}: ${landed.text}`);
    return browser;
  }

  async rowOf(browser: Pick<Browser, 'user'>): Promise<UserRow> {
    const { id, tenant } = ownerOf(browser);
    const text = 'SELECT * FROM powens_user WHERE owner_id = $1 AND tenant = $2';
    const [row] = await sql<UserRow>(this.app, text, [id, tenant]);
    return row as UserRow;
  }

  /** All that is known of an owner and of losses, bytes included; not the time of the next comparison. */
  async everythingOf(browser: Browser): Promise<unknown> {
    const { id, tenant } = ownerOf(browser);
    return sql(
      this.app,
      `SELECT to_jsonb(u) - 'reconcile_at' - 'reconciled_at' AS row FROM powens_user u WHERE owner_id = $1 AND tenant = $2
        UNION ALL SELECT to_jsonb(c) FROM powens_connection c WHERE owner_id = $1 AND tenant = $2
        UNION ALL SELECT to_jsonb(l) FROM powens_loss l`,
      [id, tenant],
    );
  }

  /** Uses the token of an owner. */
  async use(browser: Browser, at = this.app): Promise<string> {
    const token = async (): Promise<string> => Promise.resolve('used');
    return at.app.get(ConnectionsService).withToken(ownerOf(browser), token, 'a test');
  }

  /** Whether Powens gave out a token. */
  isIssued(token: string): boolean {
    return this.app.sandbox.ledger().tokens.some((known) => known.token === token);
  }

  /** What the keys of the application alone reveal of a row. */
  outerOf(row: UserRow, key = this.app.keys): string {
    return openLikeTheDocumentation(row.sealed_token, { purpose: 'access-token', row }, key);
  }
}

/** One for the tests of a file: closed after them, with all keys given back before each. */
export function useTenantsApp(): TenantsApp {
  const tenants = new TenantsApp();

  beforeAll(async () => {
    await tenants.start();
  });

  beforeEach(() => {
    tenants.restore();
  });

  afterAll(async () => {
    await tenants.app.close();
  });

  return tenants;
}
