import { Injectable } from '@nestjs/common';
import { PublicRoutes } from '../../options/resolve/public-routes.js';
import { PowensClient } from '../../powens/powens.client.js';
import { registrationsAt, type WebhookRegistration } from '../../webhooks/webhook-registrations.js';
import { createProvider, type WebhookAuthProvider } from './create-provider.js';

/**
 * Prepares webhooks at Powens. The URLs themselves can only be entered in its console; `npx connections doctor
 * register-webhooks` does the same from a terminal.
 *
 * @public
 */
@Injectable()
export class WebhookRegistrationService {
  /** @internal */
  constructor(
    private readonly routes: PublicRoutes,
    private readonly powens: PowensClient,
  ) {}

  /**
   * Creates a provider of HMAC signatures at Powens. It is then chosen for each webhook in the console.
   *
   * @param configToken - the "config token" of the console, used for this one call and not stored
   * @param name - 1 to 13 lower-case letters and digits, unlike that of any other provider
   * @throws ConnectionsError `invalid_request`; PowensApiError
   */
  async createAuthProvider(configToken: string, name: string): Promise<WebhookAuthProvider> {
    return createProvider(this.powens, configToken, name);
  }

  /** Lists what to register in the console: every event that Powens is known to send, with its URL. */
  list(): readonly WebhookRegistration[] {
    return registrationsAt(`${this.routes.origin}${this.routes.signedWebhookPath}`);
  }
}
