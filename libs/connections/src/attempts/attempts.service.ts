import { Inject, Injectable } from '@nestjs/common';
import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';
import { ATTEMPT_AUTHENTICATOR, RESOLVED_OPTIONS } from '../connections.constants.js';
import { CallbackRefusedError, ConnectionsError } from '../errors/index.js';
import { attemptLeaseSeconds } from '../options/resolve/call-time.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { attemptsStarted } from '../telemetry/metrics.js';
import { annotate } from '../telemetry/span-attributes.js';
import type { AttemptAuthenticator } from '../values/attempt-binding.js';
import type { AuthorizationCode } from '../values/secrets/authorization-code.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { OwnedPowensUser } from '../values/owned-powens-user.js';
import type { Owner } from '../values/owner.js';
import { verifiedCode } from '../values/parse-callback.js';
import type { VerifiedCode, WebviewCallback } from '../values/webview-callback.js';
import { AttemptClaimRepository } from './attempt-claim.repository.js';
import { hashOf, mintSecret, SECRET_PATTERN } from './attempt-secrets.js';
import type { AttemptFlow, ClaimedAttempt, CodeBinding } from './attempt.js';
import type { Presented } from './attempt.predicates.js';
import { AttemptRepository } from './attempt.repository.js';
import type { Asking, NewAttempt } from './attempt.statements.js';
import type { KnownAttempt } from './attempt.rows.js';
import { CallbackLimiter } from './callbacks/callback-limiter.js';
import { OutcomeWaiter } from './callbacks/outcome-waiter.js';
import { usable } from './callbacks/repeated-callback.js';

/** What an attempt is issued for. */
export interface AttemptRequest {
  readonly owner: Owner;
  readonly flow: AttemptFlow;
  readonly expectsCode: boolean;
  readonly redirectUri: string;
  readonly returnTo: string | null;
  readonly connectionId?: string;
  /** Stored with the connections that the attempt creates. */
  readonly metadata?: ConnectionMetadata;
  /** The binding that the browser already has, or null. */
  readonly binding: string | null;
}

/** An attempt just issued. `state` and `binding` exist here and nowhere else. */
export interface IssuedAttempt {
  readonly id: string;
  readonly state: string;
  readonly binding: string;
  readonly expiresAt: Date;
}

/** Result of a request for an attempt: the attempt, or the Powens user of the owner, null when it cannot be used. */
export type Issued =
  | { readonly kind: 'issued'; readonly attempt: IssuedAttempt }
  | { readonly kind: 'owner_known'; readonly user: OwnedPowensUser | null };

/** Result of a callback: it claimed its attempt, or it repeats one that was claimed before. */
export type Consumed =
  | { readonly first: true; readonly attempt: ClaimedAttempt; readonly code: VerifiedCode | null }
  | { readonly first: false; readonly attempt: KnownAttempt };

/** Seals the code of a callback for the attempt that it claims. */
export type SealCode = (code: AuthorizationCode, binding: CodeBinding) => string;

/**
 * Attempts: {@link AttemptsService.issue} and {@link AttemptsService.consume} are a pair. An attempt is used once,
 * expires, and is bound to its owner and to the browser that started it.
 *
 * @internal
 */
@Injectable()
export class AttemptsService {
  readonly #callbacks: CallbackLimiter;
  readonly #waiter = new OutcomeWaiter<KnownAttempt>();

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly repository: AttemptRepository,
    private readonly claims: AttemptClaimRepository,
    @Inject(ATTEMPT_AUTHENTICATOR) private readonly authenticator: AttemptAuthenticator,
  ) {
    this.#callbacks = new CallbackLimiter(options.limits.callbacksPerMinute);
  }

  /**
   * Issues an attempt for the owner's Powens user, committed when it returns: the attempt is durable before the browser is
   * redirected.
   *
   * @throws ConnectionsError `rate_limited`; `busy` when the Powens user is no longer in use
   * @see OA-01, OA-02, OA-07
   */
  async issue(request: AttemptRequest): Promise<IssuedAttempt> {
    const issued = await this.tryIssue(request);
    if (issued.kind === 'issued') {
      return issued.attempt;
    }
    throw new ConnectionsError('busy', "The owner's Powens user is being changed.", { retryAfterSeconds: 5 });
  }

  /**
   * Issues an attempt if it is for this owner: one that expects a code for an owner without a Powens user, any other for one
   * whose Powens user is in use. One statement checks and stores.
   *
   * @param options - `existingOnly`: stores nothing, and returns the owner's Powens user
   * @throws ConnectionsError `rate_limited` when the owner or the browser has too many pending attempts (N26)
   */
  async tryIssue(request: AttemptRequest, { existingOnly = false } = {}): Promise<Issued> {
    const id = uuidv7();
    const state = mintSecret();
    // One binding per browser, shared by its parallel attempts: two tabs work, and cookies do not accumulate.
    const binding = bindingOf(request.binding);
    const attempt = this.rowOf(request, { id, stateHash: hashOf(state), bindingHash: hashOf(binding) });
    const { expiresAt, isFull, user } = await this.repository.insert(attempt, existingOnly);
    if (expiresAt !== null) {
      attemptsStarted.add(1, request.flow);
      annotate('powens.attempt.id', id);
      return { kind: 'issued', attempt: { id, state, binding, expiresAt } };
    }
    if (isFull) {
      throw await this.tooMany(attempt);
    }
    return { kind: 'owner_known', user };
  }

  /**
   * Checks that the limit of pending attempts is not reached, before any request to Powens.
   *
   * @throws ConnectionsError `rate_limited`
   */
  async requireRoom(owner: Owner, binding: string | null): Promise<void> {
    const { instance, limits } = this.options;
    const bindingHash = hashOf(bindingOf(binding));
    const asking = { instance, owner, bindingHash, maxPending: limits.pendingAttempts };
    if (await this.repository.hasNoRoom(asking)) {
      throw await this.tooMany(asking);
    }
  }

  private rowOf(
    request: AttemptRequest,
    made: Pick<NewAttempt, 'id' | 'stateHash' | 'bindingHash'>,
  ): NewAttempt {
    const { owner, flow, expectsCode, redirectUri, returnTo, connectionId = null } = request;
    const { instance, attemptLifetimeSeconds: lifetimeSeconds, limits } = this.options;
    const metadata = JSON.stringify(request.metadata ?? {});
    const asked = { owner, flow, expectsCode, redirectUri, returnTo, connectionId, metadata };
    const bound = { ...made, ...asked, instance };
    const authenticator = this.authenticator.authenticate(bound);
    return { ...bound, authenticator, lifetimeSeconds, maxPending: limits.pendingAttempts };
  }

  private async tooMany(asking: Asking): Promise<ConnectionsError> {
    const retryAfterSeconds = await this.repository.secondsToRoom(asking);
    return new ConnectionsError(
      'rate_limited',
      'Too many connections were started and not finished. Finish one, or wait until one expires.',
      { retryAfterSeconds },
    );
  }

  /**
   * Consumes the state of a callback, whatever else the callback carries. The syntax was checked before; this checks the
   * cookie, then the database: an invented state causes no outbound call (OA-09).
   *
   * @param seal - seals the code, which is stored by the same statement
   * @throws CallbackRefusedError when this browser, or the signed-in principal, may not use the state; ConnectionsError
   *   `rate_limited`, `powens_unreachable`
   * @see OA-03, OA-05, OA-11
   */
  async consume(
    callback: WebviewCallback,
    { binding, principal }: { readonly binding: string | null; readonly principal: Owner | null },
    seal: SealCode,
  ): Promise<Consumed> {
    if (binding === null || !SECRET_PATTERN.test(binding)) {
      throw new CallbackRefusedError('no_binding');
    }
    const hashes: CodeBinding = { stateHash: hashOf(callback.state), bindingHash: hashOf(binding) };
    this.#callbacks.count(hashes.bindingHash);
    const presented: Presented = { instance: this.options.instance, ...hashes };
    const codeHash = callback.code?.use(hashOf) ?? null;
    const attempt = await this.claims.claim(presented, {
      codeHash,
      sealedCode: callback.code === null ? null : seal(callback.code, hashes),
      connectionIds: callback.connectionIds,
      error: callback.error,
      principal,
      leaseToken: uuidv4(),
      leaseSeconds: attemptLeaseSeconds(this.options.powens),
    });
    if (attempt !== null) {
      return { first: true, attempt, code: callback.code === null ? null : verifiedCode(callback.code) };
    }
    return { first: false, attempt: await this.repeated(presented, codeHash, principal) };
  }

  /** A reload, a double click or the back button: returns the same result once it exists, and never exchanges twice. */
  private async repeated(
    presented: Presented,
    codeHash: Buffer | null,
    principal: Owner | null,
  ): Promise<KnownAttempt> {
    const known = usable(await this.repository.findPresented(presented), codeHash, principal);
    if (known.status !== 'claimed') {
      return known;
    }
    const outcome = await this.#waiter.wait(known.id, known, {
      refetch: async () => (await this.repository.findPresented(presented)) ?? known,
      isOver: ({ status }) => status !== 'claimed',
    });
    return usable(outcome, codeHash, principal);
  }
}

function bindingOf(held: string | null): string {
  return held !== null && SECRET_PATTERN.test(held) ? held : mintSecret();
}
