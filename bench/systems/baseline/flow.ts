import { randomUUID } from 'node:crypto';
import type { ServerSetup } from '../../control/protocol.js';
import type { BaselinePowens, ReadBack } from './powens.js';
import { hashOf, mintSecret, seal } from './sealing.js';
import type { BaselineStore, Claimed } from './store.js';

/** A started attempt. */
export interface Started {
  readonly attemptId: string;
  readonly url: string;
  readonly expiresAt: string;
  readonly binding: string;
}

/** Connect and callback with nothing around them: no framework, no options, one happy path. */
export class BaselineFlow {
  readonly #key: Buffer;
  readonly #redirectUri: string;

  constructor(
    private readonly setup: ServerSetup,
    private readonly store: BaselineStore,
    private readonly powens: BaselinePowens,
  ) {
    this.#key = Buffer.from(setup.key, 'base64');
    this.#redirectUri = `http://127.0.0.1:${setup.port}/connections/callback`;
  }

  async start(ownerId: string): Promise<Started> {
    const attemptId = randomUUID();
    const state = mintSecret();
    const binding = mintSecret();
    const hashes = { state: hashOf(state), binding: hashOf(binding) };
    const expiresAt = await this.store.insertAttempt(attemptId, ownerId, hashes, this.#redirectUri);
    return { attemptId, url: this.webviewUrl(state), expiresAt: expiresAt.toISOString(), binding };
  }

  /** Gives the path to land on, or null for a state that cannot be used. */
  async complete(query: URLSearchParams, binding: string, ownerId: string): Promise<string | null> {
    const code = query.get('code') ?? '';
    const attempt = await this.store.claim({
      state: hashOf(query.get('state') ?? ''),
      binding: hashOf(binding),
      code: hashOf(code),
      ownerId,
    });
    if (attempt === null) {
      return null;
    }
    const token = await this.powens.exchange(code);
    const connection = await this.powens.readConnection(token, query.get('connection_id') ?? '');
    await this.keep(attempt, token, connection);
    return `/connections/attempts/${attempt.id}`;
  }

  private async keep(attempt: Claimed, token: string, connection: ReadBack): Promise<void> {
    const userId = randomUUID();
    const connectionId = randomUUID();
    const eventId = randomUUID();
    const powens = { powensConnectionId: String(connection.id), powensUserId: String(connection.id_user) };
    const connector = {
      connectorUuid: connection.connector_uuid,
      connectorName: connection.connector?.name ?? null,
    };
    const payload = JSON.stringify({
      ...{ id: eventId, type: 'connection.created', version: 1, occurredAt: new Date().toISOString() },
      ...{ ownerId: attempt.ownerId, tenant: '', attemptId: attempt.id, connectionId },
      ...powens,
      data: { ...connector, state: null },
    });
    const sealedToken = seal(token, this.#key, userId);
    await this.store.complete({
      attempt,
      userId,
      sealedToken,
      connectionId,
      eventId,
      payload,
      ...powens,
      ...connector,
    });
  }

  private webviewUrl(state: string): string {
    const { client, sandboxUrl } = this.setup;
    const redirectUri = encodeURIComponent(this.#redirectUri);
    const domain = encodeURIComponent(`${client.domain}.biapi.pro`);
    return `${sandboxUrl}/en/connect?domain=${domain}&client_id=${client.clientId}&redirect_uri=${redirectUri}&state=${state}`;
  }
}
