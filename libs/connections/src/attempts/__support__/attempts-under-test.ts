import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { ahead, Store } from '../../database/__support__/store.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { Owner } from '../../values/owner.js';
import { AttemptClaimRepository, type NewClaim } from '../attempt-claim.repository.js';
import { AttemptRepository } from '../attempt.repository.js';
import { AttemptsService, type AttemptRequest } from '../attempts.service.js';
import type { ClaimedAttempt } from '../attempt.js';
import type { Presented } from '../attempt.predicates.js';

export const ANN: Owner = { id: 'ann', tenant: '' };

/** A row of `powens_attempt`, as it is stored. */
export interface StoredAttempt {
  readonly id: string;
  readonly owner_id: string;
  readonly status: string;
  readonly state_hash: Buffer;
  readonly binding_hash: Buffer;
  readonly code_hash: Buffer | null;
  readonly sealed_code: string | null;
  readonly sealed_token: string | null;
  readonly claimed_ids: string | null;
  readonly connection_ids: string;
  readonly error_code: string | null;
  readonly orphan: string | null;
  readonly exchanges: number;
  readonly postponed: number;
  readonly lease_token: string | null;
  readonly lease_expires_at: Date | null;
  readonly completed_at: Date | null;
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** Attempts on a database. */
export class AttemptsUnderTest {
  readonly repository: AttemptRepository;
  readonly claims: AttemptClaimRepository;

  private constructor(readonly store: Store) {
    this.repository = new AttemptRepository(store.database);
    this.claims = new AttemptClaimRepository(store.database);
  }

  static async open(): Promise<AttemptsUnderTest> {
    return new AttemptsUnderTest(await Store.open());
  }

  service(limits: Partial<ResolvedOptions['limits']> = {}): AttemptsService {
    const options = {
      instance: 'default',
      attemptLifetimeSeconds: 600,
      limits: { pendingAttempts: 50, callbacksPerMinute: 60, ...limits },
      powens: { totalTimeoutMs: 10_000 },
    } as ResolvedOptions;
    const authenticator = { authenticate: ({ id }: { id: string }) => `made for ${id}` };
    return new AttemptsService(options, this.repository, this.claims, authenticator);
  }

  /** Puts an attempt there that Ann began. */
  async put(values: object = {}): Promise<StoredAttempt> {
    return this.store.put<StoredAttempt>('attempt', { owner_id: 'ann', ...values });
  }

  async find({ id }: { id: string }): Promise<StoredAttempt | undefined> {
    return this.store.find<StoredAttempt>('attempt', id);
  }

  /** Claims it with its own state and binding. */
  async claim(
    row: StoredAttempt,
    more: Partial<NewClaim> & Partial<Presented> = {},
  ): Promise<ClaimedAttempt | null> {
    const {
      instance = 'default',
      stateHash = row.state_hash,
      bindingHash = row.binding_hash,
      ...claim
    } = more;
    return this.claims.claim({ instance, stateHash, bindingHash }, { ...claimOf(), ...claim });
  }
}

/** What a callback with a code brings. */
export function claimOf(): NewClaim {
  return {
    codeHash: sha256('code'),
    sealedCode: 'sealed code',
    connectionIds: ['17'],
    error: null,
    principal: null,
    leaseToken: randomUUID(),
    leaseSeconds: 60,
  };
}

/** What an owner asks for. */
export function requestOf(more: Partial<AttemptRequest> = {}): AttemptRequest {
  return {
    owner: ANN,
    flow: 'connect',
    expectsCode: true,
    redirectUri: 'https://app.example/connections/callback',
    returnTo: null,
    binding: null,
    ...more,
  };
}

/** An attempt that a process is completing. */
export function heldBy(leaseToken: string): object {
  return {
    status: 'claimed',
    code_hash: sha256('code'),
    sealed_code: 'sealed code',
    claimed_ids: '["17"]',
    exchanges: 1,
    lease_token: leaseToken,
    lease_expires_at: ahead('1 minute'),
  };
}
