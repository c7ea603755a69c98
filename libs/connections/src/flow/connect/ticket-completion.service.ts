import { Inject, Injectable, type Logger } from '@nestjs/common';
import type { Attempt } from '../../attempts/attempt.js';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { hashOf } from '../../attempts/attempt-secrets.js';
import { CallbackLimiter } from '../../attempts/callbacks/callback-limiter.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { AttemptCustody } from '../../custody/attempt-custody.service.js';
import { CallbackRefusedError, CustodyError } from '../../errors/index.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { BoundAttempt } from '../../values/attempt-binding.js';
import type { Owner } from '../../values/owner.js';
import { parseCallback } from '../../values/parse-callback.js';
import { withTicket } from '../../values/return-to.js';
import type { WebviewCallback } from '../../values/webview-callback.js';
import { ConnectFlowService } from './connect-flow.service.js';
import type { CompletionRequest, PassedOn } from './connect-flow.types.js';
import { FlowUrls } from './flow-urls.js';
import { logCallbackRefusal } from './log-callback-refusal.js';

/**
 * Completes attempts whose target has `complete: 'confirm'`. Their callback arrives in a browser without a binding cookie, so it proves
 * nothing about who sent it, and completes nothing: it is sealed for the attempt and its owner, and passed to the application as a
 * ticket. The application sends it back with its own authentication and with the binding that it got at the start. The application of
 * a person whom an attacker sent to the webview has neither; another application that took the ticket has neither.
 *
 * @see RFC 8252 section 8.1
 * @internal
 */
@Injectable()
export class TicketCompletion {
  readonly #isUsed: boolean;
  readonly #logger: Logger;
  readonly #callbacks: CallbackLimiter;

  constructor(
    @Inject(RESOLVED_OPTIONS) options: ResolvedOptions,
    private readonly attempts: AttemptRepository,
    private readonly custody: AttemptCustody,
    private readonly urls: FlowUrls,
    private readonly flow: ConnectFlowService,
  ) {
    this.#logger = loggerOf('ConnectionsHttp', options);
    this.#callbacks = new CallbackLimiter(options.limits.callbacksPerMinute);
    this.#isUsed = Object.values(options.returnTo.targets).some(({ complete }) => complete === 'confirm');
  }

  /**
   * Passes a callback to the application that completes its attempt. Reads only: the state is not used up.
   *
   * @param query - of the callback, as received
   * @returns the attempt, its ticket and the address of the application; null for the callback of any other attempt
   * @throws CallbackRefusedError `malformed`; ConnectionsError `rate_limited`; CustodyError `key_unavailable` or StorageError when the same
   *   callback may be sent again
   */
  async passOn(query: string): Promise<PassedOn | null> {
    if (!this.#isUsed) {
      return null;
    }
    const callback = parseCallback(query);
    const stateHash = hashOf(callback.state);
    // No binding is known here: the state stands for the browser.
    this.#callbacks.count(stateHash);
    const known = await this.attempts.findByState(stateHash);
    // In an edited row, the address to return to and the owner may be edited too.
    if (known === null || !this.isConfirmed(known.returnTo) || !this.isAuthentic(known.bound)) {
      return null;
    }
    const { id: attemptId, returnTo } = known;
    const ticket = this.custody.sealTicket(sealableOf(callback), known);
    const url = withTicket(returnTo, attemptId, ticket);
    return { attemptId, ticket, url, display: this.urls.displayOf(returnTo) };
  }

  /**
   * Completes an attempt for the application that its callback was passed to. The same request may be sent again, and gets the same
   * result.
   *
   * @throws ConnectionsError `not_found` for an attempt of another owner, `rate_limited`; CallbackRefusedError for a ticket or binding of
   *   another attempt; PowensApiError or StorageError when the same request may be sent again
   */
  async complete(owner: Owner, attemptId: string, { ticket, binding }: CompletionRequest): Promise<Attempt> {
    // The ticket is sealed for the id as it is stored: an application may write the same id in upper case.
    const { id } = await this.flow.getAttempt(owner, attemptId);
    try {
      await this.flow.complete(this.opened(ticket, { id, owner }), binding, owner);
    } catch (error) {
      logCallbackRefusal(this.#logger, error);
      throw error;
    }
    return this.flow.getAttempt(owner, id);
  }

  /** @throws CustodyError `key_unavailable`, which says nothing of the row: the same callback may be sent again */
  private isAuthentic(attempt: BoundAttempt): boolean {
    try {
      this.custody.verify(attempt);
      return true;
    } catch (error) {
      if (error instanceof CustodyError && error.code === 'token_tampered') {
        return false;
      }
      throw error;
    }
  }

  private isConfirmed(returnTo: string | null): returnTo is string {
    return returnTo !== null && this.urls.completionOf(returnTo) === 'confirm';
  }

  private opened(ticket: string, attempt: { readonly id: string; readonly owner: Owner }): string {
    try {
      return queryOf(this.custody.openTicket(ticket, attempt));
    } catch (error) {
      // `key_unavailable`, too: the id of the key is what the sender wrote into the ticket.
      throw error instanceof CustodyError ? new CallbackRefusedError('foreign_ticket') : error;
    }
  }
}

/** What was read of a callback, in order. As JSON it is shorter than a query, in which a character of the code may take three. */
type Sealable = readonly [
  state: string,
  code: string | null,
  connectionIds: readonly string[],
  error: string | null,
  description: string | null,
];

function sealableOf({ state, code, connectionIds, error, errorDescription }: WebviewCallback): string {
  const read: Sealable = [state, code?.use((clear) => clear) ?? null, connectionIds, error, errorDescription];
  return JSON.stringify(read);
}

/** The callback as a query again, without what was not read of it. */
function queryOf(sealed: string): string {
  const [state, code, connectionIds, error, description] = JSON.parse(sealed) as Sealable;
  const parameters = {
    state,
    code,
    connection_ids: connectionIds.length === 0 ? null : connectionIds.join(','),
    error,
    error_description: description,
  };
  return Object.entries(parameters)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
    .join('&');
}
