import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { CallbackRefusedError, ConnectionsError } from '../errors/index.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { Owner } from '../values/owner.js';
import { verified } from '../values/parse-callback.js';
import type { VerifiedCallback, WebviewCallback } from '../values/webview-callback.js';
import { hashOf, mintSecret, SECRET_PATTERN } from './attempt-secrets.js';
import type { AttemptFlow, ClaimedAttempt } from './attempt.js';
import { AttemptRepository, type Presented } from './attempt.repository.js';
import type { KnownAttempt } from './attempt.rows.js';

/** Longer than an exchange with its retries, the read-back, the transaction and a compensation together. */
const LEASE_SECONDS = 90;
const WAIT_MS = 5000;
const WAIT_STEP_MS = 50;

/** What an attempt is issued for. */
export interface AttemptRequest {
  readonly owner: Owner;
  readonly flow: AttemptFlow;
  readonly expectsCode: boolean;
  readonly redirectUri: string;
  readonly returnTo: string | null;
  readonly connectionId?: string;
  /** What the connections that come out of it will carry. */
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

/** What became of a callback: it claimed its attempt, or it repeats one that was claimed before. */
export type Consumed =
  | { readonly first: true; readonly attempt: ClaimedAttempt; readonly callback: VerifiedCallback }
  | { readonly first: false; readonly attempt: KnownAttempt };

/**
 * Attempts: {@link AttemptsService.issue} and {@link AttemptsService.consume} are a pair. Single use, expiring, bound
 * to the browser that started and to the owner.
 *
 * @internal
 */
@Injectable()
export class AttemptsService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly repository: AttemptRepository,
  ) {}

  /**
   * Issues an attempt, committed when it returns: no browser leaves before its attempt is durable.
   *
   * @see OA-01, OA-02, OA-07
   */
  async issue(request: AttemptRequest): Promise<IssuedAttempt> {
    const id = uuidv7();
    const state = mintSecret();
    // One binding per browser, shared by its parallel attempts: two tabs work, and cookies do not pile up.
    const { binding: held } = request;
    const binding = held !== null && SECRET_PATTERN.test(held) ? held : mintSecret();
    const { expiresAt } = await this.repository.insert({
      id,
      instance: this.options.instance,
      owner: request.owner,
      flow: request.flow,
      stateHash: hashOf(state),
      bindingHash: hashOf(binding),
      expectsCode: request.expectsCode,
      redirectUri: request.redirectUri,
      returnTo: request.returnTo,
      connectionId: request.connectionId ?? null,
      metadata: request.metadata ?? {},
      lifetimeSeconds: this.options.attemptLifetimeSeconds,
    });
    return { id, state, binding, expiresAt };
  }

  /**
   * Consumes the state of a callback, whatever else the callback carries. Syntax was checked before; then the cookie,
   * then the database: a made-up state costs no outbound call (OA-09).
   *
   * @throws CallbackRefusedError when this browser, or who is signed in, may not use the state
   * @see OA-03, OA-05, OA-11
   */
  async consume(
    callback: WebviewCallback,
    binding: string | null,
    principal: Owner | null,
  ): Promise<Consumed> {
    if (binding === null || !SECRET_PATTERN.test(binding)) {
      throw new CallbackRefusedError('no_binding');
    }
    const presented: Presented = {
      instance: this.options.instance,
      stateHash: hashOf(callback.state),
      bindingHash: hashOf(binding),
    };
    const codeHash = callback.code?.use(hashOf) ?? null;
    const attempt = await this.repository.claim(presented, {
      codeHash,
      principal,
      leaseSeconds: LEASE_SECONDS,
    });
    if (attempt !== null) {
      return { first: true, attempt, callback: verified(callback) };
    }
    return { first: false, attempt: await this.repeated(presented, codeHash, principal) };
  }

  /** A reload, a double click or the back button: the same result once it is there, never a second exchange. */
  private async repeated(
    presented: Presented,
    codeHash: Buffer | null,
    principal: Owner | null,
  ): Promise<KnownAttempt> {
    const known = usable(await this.repository.findPresented(presented), codeHash, principal);
    return known.status === 'claimed'
      ? usable(await this.outcomeOf(presented, known), codeHash, principal)
      : known;
  }

  private async outcomeOf(presented: Presented, claimed: KnownAttempt): Promise<KnownAttempt> {
    let known = claimed;
    for (let waited = 0; known.status === 'claimed' && waited < WAIT_MS; waited += WAIT_STEP_MS) {
      await sleep(WAIT_STEP_MS);
      known = (await this.repository.findPresented(presented)) ?? known;
    }
    return known;
  }
}

function usable(known: KnownAttempt | null, codeHash: Buffer | null, principal: Owner | null): KnownAttempt {
  if (known === null) {
    throw new CallbackRefusedError('unknown_state');
  }
  if (principal !== null && !(principal.id === known.owner.id && principal.tenant === known.owner.tenant)) {
    throw new CallbackRefusedError('foreign_principal');
  }
  if (known.status === 'expired') {
    throw new CallbackRefusedError('expired');
  }
  if (known.status === 'pending') {
    // The callback that had claimed it gave it back in this very moment. Not claimed again here: a hundred clicks
    // would ask a provider that is away a hundred times.
    throw new ConnectionsError(
      'powens_unreachable',
      'Powens cannot be reached now. Open this address again later.',
      {
        retryAfterSeconds: 1,
      },
    );
  }
  if (codeHash !== null && !sameHash(known.codeHash, codeHash)) {
    throw new CallbackRefusedError('code_substitution');
  }
  return known;
}

/** Digests have one length, so that `timingSafeEqual` never throws (OA-12). */
function sameHash(stored: Buffer | null, presented: Buffer): boolean {
  return stored !== null && timingSafeEqual(stored, presented);
}
