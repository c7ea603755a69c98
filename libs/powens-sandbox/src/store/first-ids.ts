/** Largest seed: the ids of the first accounts stay in 32 bits, and below those of `ancientTransaction`. */
export const MAX_SEED = 999;

const ACCOUNTS_PER_SEED = 400;

/**
 * Where each sequence of ids starts: above the documentation's samples, each elsewhere, so that a mixed-up id is never a
 * valid one. A seed moves accounts and contracts, from whose ids all bank data and documents are computed.
 */
export function firstIds(seed: number): Record<string, number> {
  const moved = seed * ACCOUNTS_PER_SEED;
  return {
    client: 30_000_001,
    user: 5001,
    connection: 10_001,
    source: 20_001,
    account: 50_001 + moved,
    subscription: 70_001 + moved,
    webhookData: 90_001,
  };
}
