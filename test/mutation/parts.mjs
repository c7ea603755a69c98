/**
 * What `npm run test:mutants -- <part>` changes, and the tests that must notice: the files that decide, not types and answers.
 *
 * A part is a list of files with their tests, and each file is run on its own: fewer tests, sooner done. With `statics`, code that
 * runs when a module is loaded is changed too, and every change there needs all of the tests. Tests with a database run against
 * one PostgreSQL.
 */
const SRC = 'libs/connections/src';

/** @type {Record<string, { mutate: string[], specs: string[], statics: boolean }[]>} */
export const PARTS = {
  intake: [
    tested(
      [
        'webhooks/authentication/signature',
        'webhooks/authentication/unverified-work',
        'webhooks/inbox-entry',
        'http/webhooks/body-budget',
        'http/webhooks/body-pool',
        'http/input/collect-body',
      ],
      [
        'webhooks/authentication/{signature,unverified-work}.spec',
        'webhooks/inbox-entry.spec',
        'http/webhooks/body-budget.spec',
        'http/input/collect-body.spec',
      ],
    ),
    // Not `webhook-summary.large.spec.ts`: megabytes, byte by byte.
    tested(
      [
        'webhook-summary',
        'inflate',
        'outline/json-outline',
        'outline/kept-bytes',
        'outline/number-grammar',
        'outline/outline-tokens',
        'outline/text-scanner',
      ].map((file) => `webhooks/body/${file}`),
      ['webhooks/body/{webhook-summary,webhook-summary.bounds,inflate}.spec', 'webhooks/body/outline/*.spec'],
    ),
  ],
  losses: [
    tested(
      [
        'flow/losses/loss-policy.service',
        'flow/losses/powens-user-check',
        'flow/losses/remote-connections.service',
        'flow/losses/own-connections',
        'flow/sweeper/retention.service',
        'flow/reconciliation/missing-user',
        'custody/losses/loss.repository',
        'custody/losses/loss.statements',
      ],
      [
        'flow/{losses,reconciliation}/*.spec',
        'custody/losses/*.int-spec',
        'flow/losses/*.int-spec',
        'flow/sweeper/retention.int-spec',
      ],
      { statics: true },
    ),
  ],
  attempts: [
    tested(
      [
        'attempt.repository',
        'attempt-claim.repository',
        'attempts.service',
        'callbacks/callback-limiter',
        'callbacks/outcome-waiter',
        'callbacks/repeated-callback',
        'attempt-secrets',
        'attempt.predicates',
        'attempt.rows',
        'attempt.statements',
        'claimed-attempt.rows',
      ].map((file) => `attempts/${file}`),
      // Not `attempt-claim.repository.int-spec.ts`, which starts an application.
      [
        'attempts/callbacks/*.spec',
        'attempts/{attempt.repository,attempt-{claim,due,erasure,lease,lost-answers},attempts.service}.int-spec',
      ],
      { statics: true },
    ),
  ],
  claims: [
    tested(['outbox/outbox-claims'], ['outbox/outbox-claims.spec']),
    tested(
      [
        'database/queues/queue-claim',
        'database/queues/queue-heads',
        'outbox/append-events',
        'outbox/outbox.repository',
        'outbox/outbox.rows',
        'webhooks/inbox.repository',
        'webhooks/inbox.rows',
        'webhooks/inbox.statements',
      ],
      ['outbox/*.spec', 'outbox/*.int-spec', 'webhooks/*.int-spec'],
      { statics: true },
    ),
  ],
  custody: [
    tested(
      [
        'envelope',
        'envelope-cipher',
        'envelope-format',
        'envelope-keys',
        'encryption-context',
        'key-ring',
        'key-ring-entry',
        'key-ring-loader',
        'length-prefixed',
      ].map((file) => `custody/crypto/${file}`),
      ['custody/crypto/*.spec'],
    ),
    tested(
      [
        'crypto/mac',
        'crypto/attempt-context',
        'authenticator',
        'attempt-authenticator',
        'sealed-row',
        'token-custody.service',
        'attempt-custody.service',
      ].map((file) => `custody/${file}`),
      ['custody/*.spec', 'custody/crypto/mac.spec'],
    ),
  ],
  completion: [
    tested(
      ['flow/completion/verdict', 'flow/completion/failure.service'],
      ['flow/completion/{verdict,failure.service}.spec'],
    ),
    tested(['flow/exchange/token-access.service', 'flow/exchange/made-during'], ['flow/exchange/*.spec']),
    tested(['flow/changes/event-transaction'], ['flow/changes/event-transaction.spec']),
    tested(
      ['flow/completion/connect-completion.service', 'flow/completion/read-back'],
      ['flow/completion/{connect-completion.service,read-back}.spec'],
    ),
  ],
  renewal: [
    tested(
      ['token-renewal.service', 'token.service', 'powens-user-lock.service', 'usable'].map(
        (file) => `flow/tokens/${file}`,
      ),
      ['flow/tokens/*.spec'],
    ),
  ],
};

function tested(files, specs, { statics = false } = {}) {
  return { mutate: files.map(inSource), specs: specs.map(inSource), statics };
}

function inSource(path) {
  return `${SRC}/${path}.ts`;
}
