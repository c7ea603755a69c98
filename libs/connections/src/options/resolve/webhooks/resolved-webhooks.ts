import type { WebhooksOptions } from '../../background/webhooks-options.interface.js';

/** How Powens proves itself, with every default. */
export type ResolvedWebhookAuth =
  | { readonly type: 'hmac'; readonly secrets: readonly string[]; readonly toleranceSeconds: number }
  | { readonly type: 'bearer' }
  | {
      readonly type: 'oauth';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly tokenLifetimeSeconds: number;
    };

/**
 * The webhooks as the rest of the library sees them.
 *
 * @internal
 */
export interface ResolvedWebhooks extends Required<Omit<WebhooksOptions, 'auth' | 'signedPath'>> {
  readonly auth: ResolvedWebhookAuth;
  /** Set only when the host gave it. Without a trailing slash. */
  readonly signedPath: string | null;
}
