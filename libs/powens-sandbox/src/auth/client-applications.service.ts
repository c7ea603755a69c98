import { Injectable } from '@nestjs/common';
import type { Fields } from '../http/fields.js';
import { forbidden } from '../http/sandbox-api.error.js';
import { DEFAULT_CLIENT } from '../sandbox.credentials.js';
import type { ClientKeys, ClientRecord } from '../store/records.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { newClientKeys } from './jwt.js';

/**
 * The client applications, as the console of the provider would hold them.
 *
 * @see protocol notes, section 2.8
 */
@Injectable()
export class ClientApplications {
  constructor(private readonly store: SandboxStore) {
    this.seed();
  }

  /** Makes sure the default client application exists: at the start, and after a reset. */
  seed(): void {
    if (this.store.clients.get(DEFAULT_CLIENT.clientId) === undefined) {
      const { clientId: id, clientSecret: secret, domain, name } = DEFAULT_CLIENT;
      this.store.clients.put({ id, domain, secret, name, redirectUris: [] });
    }
  }

  /** The client application of that id, if there is one. */
  find(id: string): ClientRecord | undefined {
    return this.store.clients.get(id);
  }

  /** Every client application, oldest first. */
  all(): ClientRecord[] {
    return [...this.store.clients.all()];
  }

  /** An id for a new one. */
  nextId(): string {
    return String(this.store.nextId('client'));
  }

  /** Takes one away. */
  remove(client: ClientRecord): void {
    this.store.clients.remove(client.id);
  }

  /** Registers a client application, or replaces the one of that id. */
  register(client: ClientRecord): ClientRecord {
    return this.store.clients.put(client);
  }

  /** The client application with its keys, which are made when they are first needed. */
  withKeys(client: ClientRecord): ClientRecord & { keys: ClientKeys } {
    const keys = client.keys ?? newClientKeys();
    return { ...this.register({ ...client, keys }), keys };
  }

  /** The client application whose id and secret the body carries; 403 when they do not fit together. */
  authenticated(body: Fields): ClientRecord {
    const id = body.required('client_id');
    const secret = body.required('client_secret');
    const client = this.find(id);
    if (client === undefined || client.secret !== secret) {
      throw forbidden();
    }
    return client;
  }
}
