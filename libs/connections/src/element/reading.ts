import type { ClientAttempt, ClientConnection, ConnectionsClient } from '../client/index.js';

const PAGE_LIMIT = 100;
const CLAIMED_POLL_MS = 1_000;
const CLAIMED_POLLS = 10;

/** Reads all pages of the list. */
export async function allConnections(
  client: ConnectionsClient,
  signal: AbortSignal,
): Promise<ClientConnection[]> {
  const items: ClientConnection[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } =
      cursor === null ? { limit: PAGE_LIMIT } : { limit: PAGE_LIMIT, cursor };
    const page = await client.list(query, { signal });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

/** Reads how an attempt ended; for some seconds it waits for one that is being completed. */
export async function endOfAttempt(
  client: ConnectionsClient,
  id: string,
  signal: AbortSignal,
): Promise<ClientAttempt> {
  let attempt = await client.attempt(id, { signal });
  for (let polls = 0; attempt.status === 'claimed' && polls < CLAIMED_POLLS; polls += 1) {
    await new Promise((resolve) => setTimeout(resolve, CLAIMED_POLL_MS));
    attempt = await client.attempt(id, { signal });
  }
  return attempt;
}
