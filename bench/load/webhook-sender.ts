import { createHmac } from 'node:crypto';
import { Pool } from 'undici';

/** What a webhook is about. */
export interface WebhookTarget {
  readonly powensConnectionId: string;
  readonly powensUserId: string;
}

const PATH = '/connections/webhooks/connection-synced';
/** Transactions of a delivery: a daily synchronisation of a current account. */
const TRANSACTIONS = 10;
/** Later than the read-back of every connection; each is a second later than the one before. */
const FIRST_SYNC_MS = Date.now() + 7_200_000;

let sent = 0;

/** Sends signed `CONNECTION_SYNCED` to one server, as Powens would: each one new, each about the next connection. */
export class WebhookSender {
  readonly #pool: Pool;

  constructor(
    url: string,
    private readonly secret: string,
    concurrency: number,
  ) {
    this.#pool = new Pool(url, { connections: concurrency });
  }

  /**
   * Sends the next one.
   *
   * @returns milliseconds until it was answered
   * @throws Error when it is not taken
   */
  async send(targets: readonly WebhookTarget[]): Promise<number> {
    sent += 1;
    const target = targets[sent % targets.length];
    if (target === undefined) {
      throw new Error('no connection to send a webhook about');
    }
    const body = JSON.stringify(bodyOf(target, sent));
    const date = new Date().toISOString();
    const signature = createHmac('sha256', this.secret)
      .update(`POST.${PATH}.${date}.${body}`, 'utf8')
      .digest('base64');
    const started = performance.now();
    const answer = await this.#pool.request({
      method: 'POST',
      path: PATH,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'bi-signature': signature,
        'bi-signature-date': date,
      },
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 204) {
      throw new Error(`a webhook was answered ${answer.statusCode}: ${text}`);
    }
    return performance.now() - started;
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

function bodyOf({ powensConnectionId, powensUserId }: WebhookTarget, number: number): unknown {
  const at = new Date(FIRST_SYNC_MS + number * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return {
    user: { id: Number(powensUserId), signin: '2026-03-14 10:20:01', platform: 'sharedAccess' },
    connection: {
      id: Number(powensConnectionId),
      id_user: Number(powensUserId),
      id_connector: 40,
      state: null,
      last_update: at,
      accounts: [
        {
          id: Number(powensConnectionId) + 7,
          name: 'Compte chèques',
          balance: 1204.55,
          currency: { id: 'EUR' },
          transactions: Array.from({ length: TRANSACTIONS }, (_, index) => ({
            id: number * TRANSACTIONS + index,
            value: -16.22,
            wording: 'CARTE BOULANGERIE',
            date: at.slice(0, 10),
          })),
        },
      ],
    },
    id_webhook_data: 7_000_000_000 + number,
  };
}
