import {
  type ClientAttempt,
  type ClientStartedAttempt,
  type ConnectionsClient,
  ConnectionsClientError,
} from '../../client/index.js';
import { ResultListener } from './result-listener.js';

/** An attempt that is shown in another window. */
export interface ShownAttempt {
  readonly client: ConnectionsClient;
  readonly started: ClientStartedAttempt;
  /** Only messages of this window count. */
  readonly from: Window;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_POLL_MS = 2_000;
const MAX_POLL_MS = 15_000;
const CLAIMED_POLL_MS = 1_000;
/** What a browser or a proxy causes, and may be over with the next call. */
const PASSING_STATUS = 500;

/**
 * Waits for the end of an attempt: until the page after the callback posts it, or until a call says so. The calls are for a window that
 * cannot post, since a `Cross-Origin-Opener-Policy` separated it, and for one that was closed. A ticket comes from that window alone:
 * an attempt that needs one stays pending without it.
 *
 * @throws the reason of the signal; ConnectionsClientError when a call is refused
 */
export async function followAttempt({ client, started, from, signal }: ShownAttempt): Promise<ClientAttempt> {
  const message = new ResultListener(started, from);
  try {
    let waitMs = FIRST_POLL_MS;
    let wasStranded = false;
    for (;;) {
      await message.within(waitMs, signal);
      signal?.throwIfAborted();
      const attempt = await attemptOf(client, started, message.ticket, signal);
      const isStranded = started.binding !== undefined && message.ticket === null && from.closed;
      // Seen twice: a window that closed itself has posted before, and its message may still be on the way.
      if (attempt !== null && isOver(attempt, isStranded && wasStranded)) {
        return attempt;
      }
      wasStranded = isStranded;
      waitMs = attempt?.status === 'claimed' ? CLAIMED_POLL_MS : Math.min(waitMs * 1.5, MAX_POLL_MS);
    }
  } finally {
    message.close();
  }
}

/** @param isStranded - whether no ticket can arrive any more */
function isOver({ status }: ClientAttempt, isStranded: boolean): boolean {
  return status === 'pending' ? isStranded : status !== 'claimed';
}

/** Completes or reads the attempt; null when the call may succeed later. */
async function attemptOf(
  client: ConnectionsClient,
  { attemptId, binding }: ClientStartedAttempt,
  ticket: string | null,
  signal: AbortSignal | undefined,
): Promise<ClientAttempt | null> {
  const call = signal === undefined ? {} : { signal };
  try {
    return ticket === null || binding === undefined
      ? await client.attempt(attemptId, call)
      : await client.complete(attemptId, { ticket, binding }, call);
  } catch (error) {
    signal?.throwIfAborted();
    if (isPassing(error)) {
      return null;
    }
    throw error;
  }
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof ConnectionsClientError)) {
    return false;
  }
  const { status } = error;
  return status === null || status >= PASSING_STATUS || status === 429;
}

/** Options of {@link connectInPopup} and {@link connectInFrame}. */
export interface ConnectWindowOptions {
  /** Ends the wait: the promise rejects with its reason. The attempt itself stays as it is. */
  readonly signal?: AbortSignal;
}

/** Starts an attempt, for example `() => client.connect({ returnTo: 'popup' })`. */
export type StartAttempt = () => Promise<ClientStartedAttempt>;
