/**
 * What `npm run test:mutants -- <part>` changes, and the tests that must notice: the files that decide, not types and answers.
 *
 * `specs` are relative to the repository; those with a database run against one PostgreSQL.
 */
const SRC = 'libs/connections/src';

/** @type {Record<string, { mutate: string[], specs: string[], static?: boolean }>} */
export const PARTS = {
  intake: {
    mutate: [
      'webhooks/authentication/{signature,unverified-work}.ts',
      'webhooks/body/{webhook-summary,json-outline,outline-tokens,inflate}.ts',
      'webhooks/inbox-entry.ts',
      'http/webhooks/body-budget.ts',
      'http/input/collect-body.ts',
    ].map(inSource),
    // Not `webhook-summary.large.spec.ts`: megabytes, byte by byte.
    specs: [
      'webhooks/authentication/{signature,unverified-work}.spec.ts',
      'webhooks/body/{json-outline,webhook-summary,webhook-summary.bounds,inflate}.spec.ts',
      'webhooks/inbox-entry.spec.ts',
      'http/webhooks/body-budget.spec.ts',
      'http/input/collect-body.spec.ts',
    ].map(inSource),
  },
  losses: {
    mutate: [
      'flow/losses/*.service.ts',
      'flow/losses/own-connections.ts',
      'flow/sweeper/loss-retention.service.ts',
      'custody/losses/{loss,lost-user}.repository.ts',
      'flow/reconciliation/missing-user.service.ts',
    ].map(inSource),
    specs: [
      'flow/{losses,reconciliation}/*.spec.ts',
      'custody/losses/*.int-spec.ts',
      'flow/losses/*.int-spec.ts',
      'flow/sweeper/loss-retention.int-spec.ts',
    ].map(inSource),
    static: true,
  },
  attempts: {
    mutate: [
      'attempts/{attempt,attempt-claim}.repository.ts',
      'attempts/{attempts.service,callback-limiter,outcome-waiter}.ts',
      'attempts/{attempt-secrets,attempt.predicates,attempt.rows}.ts',
    ].map(inSource),
    specs: ['attempts/*.spec.ts', 'attempts/*.int-spec.ts'].map(inSource),
    static: true,
  },
  claims: {
    mutate: [
      'database/queue-claim.ts',
      'outbox/{outbox.repository,outbox.rows,outbox-claims}.ts',
      'webhooks/{inbox.repository,inbox.rows}.ts',
    ].map(inSource),
    specs: ['outbox/*.spec.ts', 'outbox/outbox.repository.int-spec.ts', 'webhooks/*.int-spec.ts'].map(
      inSource,
    ),
    static: true,
  },
  custody: {
    mutate: [
      'custody/crypto/*.ts',
      'custody/{authenticator,attempt-authenticator,sealed-row,token-custody.service,attempt-custody.service}.ts',
    ].map(inSource),
    specs: ['custody/crypto/*.spec.ts', 'custody/*.spec.ts'].map(inSource),
  },
};

function inSource(path) {
  return `${SRC}/${path}`;
}
