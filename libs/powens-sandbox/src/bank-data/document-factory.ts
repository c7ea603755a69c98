import { powensDate } from '../http/powens-date-time.js';
import type { SubscriptionRecord } from '../store/records.js';

const MONTH_MS = 30 * 86_400_000;
const MONTHS = 6;

/** A bill as the provider writes it; only the keys that are documented somewhere. */
export interface DocumentWire {
  id: number;
  id_subscription: number;
  id_user: number;
  name: string;
  type: string;
  date: string;
}

/** The bills of a contract, newest first: computed, so that the same contract always has the same ones. */
export function documentsOf(subscription: SubscriptionRecord): DocumentWire[] {
  return Array.from({ length: MONTHS }, (_, rank) => {
    const date = powensDate(subscription.createdAt - (rank + 1) * MONTH_MS);
    return {
      id: subscription.id * 100 + (MONTHS - rank),
      id_subscription: subscription.id,
      id_user: subscription.idUser,
      name: `facture-${date.slice(0, 7)}.pdf`,
      type: 'bill',
      date,
    };
  });
}
