import { Injectable } from '@nestjs/common';
import { ClientApplications } from '../../auth/client-applications.service.js';
import { TokensService } from '../../auth/tokens.service.js';
import { ConnectionsService } from '../../connections/connections.service.js';
import { ConnectorsService } from '../../connectors/connectors.service.js';
import { SANDBOX_CHOICES } from '../../sandbox.choices.js';
import { newSessionId } from '../../store/opaque.js';
import type { ClientRecord, CodeRecord, UserRecord } from '../../store/records.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import type { WebviewSessionRecord } from '../../store/webview-session.record.js';
import { REDIRECT_URI_REFUSAL, isAllowedRedirectUri } from '../url/redirect-uri.js';
import { firstRepairStep } from './repair-step.js';
import { refusal } from '../url/webview-refusal.js';
import { NO_FILTERS, rawParameter, readWebviewUrl } from '../url/webview-url.js';
import type { WebviewUrl } from '../url/webview-url.js';

const LIFE_MS = SANDBOX_CHOICES.temporarySeconds * 1000;

/** What the bank's own site is opened for. */
export interface WebauthRequest {
  user: UserRecord;
  clientId: string;
  redirectUri: string;
  /** The query as sent, for a `state` that comes back byte for byte. */
  search: string;
  idConnector: number;
  /** The connection to repair; a new one is made when there is none. */
  idConnection: number | null;
}

/**
 * Opens webviews: checks the URL against the client application and binds the session to the user of the code.
 *
 * @see protocol notes, section 3.2, 3.5 and 11.3
 */
@Injectable()
export class WebviewSessions {
  constructor(
    private readonly clients: ClientApplications,
    private readonly connections: ConnectionsService,
    private readonly connectors: ConnectorsService,
    private readonly store: SandboxStore,
    private readonly tokens: TokensService,
  ) {}

  /** Opens a session for a webview URL, or says why it is refused. */
  open(url: string): WebviewSessionRecord {
    const asked = readWebviewUrl(url);
    this.checkClient(asked);
    if (asked.flow === 'connect' && this.connectors.offered(asked.filters).length === 0) {
      throw refusal('invalidValue', 'No connector matches the parameters of this webview');
    }
    this.sweep();
    const code = this.usableCode(asked);
    const session = this.newSession(asked, code?.idUser ?? null);
    if (code?.kind === 'singleAccess') {
      this.store.codes.put({ ...code, boundTo: session.id });
    }
    return this.store.sessions.put(session);
  }

  /** The session of that id; unknown ones are refused. */
  get(id: string): WebviewSessionRecord {
    const session = this.store.sessions.get(id);
    if (session === undefined) {
      throw refusal('notFound', 'This webview session does not exist, or no longer', 404);
    }
    return session;
  }

  /** True once the session, or the anonymous user it made, is too old to go on. */
  isExpired(session: WebviewSessionRecord): boolean {
    return session.expiresAt <= this.store.clock.now();
  }

  /** Removes a session that will not be used again. */
  forget(session: WebviewSessionRecord): void {
    this.store.sessions.remove(session.id);
  }

  /** Changes a session. */
  change(session: WebviewSessionRecord, changes: Partial<WebviewSessionRecord>): WebviewSessionRecord {
    return this.store.sessions.put({ ...session, ...changes });
  }

  /** Opens the bank's own site, without a webview around it. */
  openWebauth(asked: WebauthRequest): WebviewSessionRecord {
    const { user, clientId, redirectUri, search } = asked;
    this.checkClient({ clientId, redirectUri, domain: user.domain });
    return this.store.sessions.put({
      ...this.emptySession(),
      clientId,
      redirectUri,
      domain: user.domain,
      flow: 'webauth',
      rawState: rawParameter(search, 'state'),
      idUser: user.id,
      step: 'bank',
      idConnector: asked.idConnector,
      idConnection: asked.idConnection,
    });
  }

  /** Old sessions go, oldest first: only those that are due are looked at. */
  private sweep(): void {
    const now = this.store.clock.now();
    for (const session of this.store.sessions.all()) {
      if (session.expiresAt + LIFE_MS > now) {
        return;
      }
      this.store.sessions.remove(session.id);
    }
  }

  private newSession(asked: WebviewUrl, idUser: number | null): WebviewSessionRecord {
    const { connectionId, filters, ...kept } = asked;
    const session: WebviewSessionRecord = {
      ...this.emptySession(),
      ...kept,
      idUser,
      filters: { ...filters, capabilities: capabilitiesOf(asked) },
      focus: connectionId,
    };
    return asked.flow === 'reconnect'
      ? this.toRepair(session)
      : { ...session, step: asked.flow === 'manage' ? 'manage' : 'terms' };
  }

  private emptySession(): Omit<WebviewSessionRecord, 'clientId' | 'domain'> {
    return {
      id: newSessionId(),
      flow: 'connect',
      lang: 'en',
      redirectUri: null,
      rawState: null,
      code: null,
      idUser: null,
      filters: NO_FILTERS,
      maxConnections: null,
      resetCredentials: false,
      step: 'terms',
      idConnector: null,
      idConnection: null,
      made: [],
      focus: null,
      removed: null,
      problem: null,
      expiresAt: this.store.clock.now() + LIFE_MS,
      location: null,
    };
  }

  private checkClient(asked: Pick<WebviewUrl, 'clientId' | 'domain' | 'redirectUri'>): ClientRecord {
    const client = this.clients.find(asked.clientId);
    if (client === undefined) {
      throw refusal('invalidValue', "Invalid 'client_id', no such client application");
    }
    if (client.domain !== asked.domain) {
      throw refusal('invalidValue', "Invalid 'domain', it is not the one of this client application");
    }
    if (asked.redirectUri !== null && !isAllowedRedirectUri(client, asked.redirectUri)) {
      throw refusal('invalidValue', REDIRECT_URI_REFUSAL);
    }
    return client;
  }

  private usableCode(asked: WebviewUrl): CodeRecord | undefined {
    if (asked.code === null) {
      if (asked.flow === 'connect') {
        return undefined;
      }
      throw refusal('missingParameter', "Missing parameter 'code'");
    }
    const code = this.tokens.usableCode(asked.code);
    const domain = code === undefined ? undefined : this.store.users.get(code.idUser)?.domain;
    if (code === undefined || code.boundTo !== null || domain !== asked.domain) {
      throw refusal('invalidValue', "Invalid 'code', it is unknown, expired or already used");
    }
    return code;
  }

  /** `reconnect` needs a connection of the code's own user. */
  private toRepair(session: WebviewSessionRecord): WebviewSessionRecord {
    const connection = session.focus === null ? undefined : this.connections.byId(session.focus);
    if (connection === undefined || connection.idUser !== session.idUser) {
      throw refusal('invalidValue', "Invalid 'connection_id', no such connection for this user");
    }
    const { state } = connection;
    const connector = this.connectors.get(connection.idConnector);
    const step = firstRepairStep({ connector, state, resetCredentials: session.resetCredentials });
    return { ...session, idConnection: connection.id, idConnector: connector.id, step };
  }
}

/** Nothing asked for means banks, unless connectors were named. */
function capabilitiesOf({ filters, flow }: WebviewUrl): string[] {
  const isNamed = filters.ids.length + filters.uuids.length > 0;
  return filters.capabilities.length > 0 || isNamed || flow !== 'connect' ? filters.capabilities : ['bank'];
}
