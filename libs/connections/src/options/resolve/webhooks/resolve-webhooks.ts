import { ConfigurationError } from '../../../errors/index.js';
import { group, objectOf } from '../../schema/group.js';
import type { Option, OptionSet } from '../../schema/option.js';
import { flag, whole } from '../../schema/values.js';
import type { ResolvedWebhookAuth, ResolvedWebhooks } from './resolved-webhooks.js';
import type {
  HmacWebhookAuth,
  OAuthWebhookAuth,
  BearerWebhookAuth,
  WebhooksOptions,
} from '../../background/webhooks-options.interface.js';

const MIB = 1024 * 1024;
const DEFAULT_MAX_BYTES = 20 * MIB;

/** A path as in a URL: one leading slash, no query, no fragment, no trailing slash, nothing to encode. */
const PATH = /^(\/[\w.~!$&'()*+,;=:@%-]+)+$/;

/**
 * Makes the option `webhooks`.
 *
 * @param given - by the host: one limit depends on another
 * @returns an option that is null when the host has none
 */
export function webhooksOption(given: Partial<WebhooksOptions> | undefined): Option<ResolvedWebhooks | null> {
  const maxBytes: unknown = given?.maxBytes;
  const webhooks = group(optionsOf(typeof maxBytes === 'number' ? maxBytes : DEFAULT_MAX_BYTES));
  return {
    ...webhooks,
    fallback: null,
    read: (value, path) => (value === undefined ? null : webhooks.read(value, path)),
  };
}

/** The return type is inferred: what the options are read to. */
function optionsOf(maxBytes: number) {
  return {
    auth,
    signedPath,
    maxBytes: whole(1024, 100 * MIB, DEFAULT_MAX_BYTES),
    bodyTimeoutSeconds: whole(1, 300, 30),
    maxInflatedBytes: whole(maxBytes, 500 * MIB, 50 * MIB),
    processing: flag(true),
    pollIntervalMs: whole(10, 60_000, 1000),
    concurrency: whole(1, 50, 4),
    maxTries: whole(1, 1000, 20),
    unknownHours: whole(0, 720, 24),
    bodyRetentionDays: whole(0, 30, 7),
  } satisfies OptionSet & Record<keyof WebhooksOptions, unknown>;
}

const AUTH = {
  hmac: group({
    type: typeOption('hmac'),
    secrets: secretsOption(),
    toleranceSeconds: whole(1, 7 * 24 * 3600, 300),
  } satisfies Record<keyof HmacWebhookAuth, unknown>),
  bearer: group({ type: typeOption('bearer') } satisfies Record<keyof BearerWebhookAuth, unknown>),
  oauth: group({
    type: typeOption('oauth'),
    clientId: secretOption(1),
    clientSecret: secretOption(32),
    tokenLifetimeSeconds: whole(60, 7 * 24 * 3600, 3600),
  } satisfies Record<keyof OAuthWebhookAuth, unknown>),
} satisfies Record<ResolvedWebhookAuth['type'], Option<ResolvedWebhookAuth>>;

const auth: Option<ResolvedWebhookAuth> = {
  below: (given) => authOf(given)?.below?.(given) ?? null,
  read: (given, path) => {
    const chosen = authOf(given);
    if (chosen === undefined) {
      throw new ConfigurationError(path, 'must have the type "hmac", "bearer" or "oauth".');
    }
    return chosen.read(objectOf(given, path), path);
  },
};

function authOf(given: unknown): Option<ResolvedWebhookAuth> | undefined {
  const type: unknown = (given as { type?: unknown } | null | undefined)?.type;
  return Object.entries<Option<ResolvedWebhookAuth>>(AUTH).find(([name]) => name === type)?.[1];
}

function typeOption<T extends string>(type: T): Option<T> {
  return { read: () => type };
}

function secretsOption(): Option<readonly string[]> {
  const secret = secretOption(8);
  return {
    read: (given, path) => {
      const list: readonly unknown[] = Array.isArray(given) ? given : [given];
      if (list.length === 0) {
        throw new ConfigurationError(
          path,
          'is empty. Set the secret_key that Powens showed when the authentication provider was created.',
        );
      }
      return list.map((one) => secret.read(one, path));
    },
  };
}

/** A pasted newline is the usual reason for a signature that "does not fit" (WH-10). */
function secretOption(least: number): Option<string> {
  return {
    read: (given, path) => {
      if (typeof given !== 'string' || given.length < least) {
        throw new ConfigurationError(path, `must be a text of at least ${least} characters.`);
      }
      if (/\s/.test(given)) {
        throw new ConfigurationError(path, 'has white space in it. Copy it again, without the line break.');
      }
      return given;
    },
  };
}

const signedPath: Option<string | null> = {
  fallback: null,
  read: (given, path) => {
    if (given !== undefined && !(typeof given === 'string' && PATH.test(given))) {
      throw new ConfigurationError(
        path,
        'must be a path as "/api/v1/connections/webhooks": without origin, query and trailing slash.',
      );
    }
    return given ?? null;
  },
};
