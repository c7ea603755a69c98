import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type pg from 'pg';

const INSERT = `
  INSERT INTO baseline_inbox (instance, event, dedupe_key, order_key, powens_user_id, powens_connection_id, body, status,
    received_at)
  VALUES ('baseline', 'CONNECTION_SYNCED', $1, $2, $3, $4, $5, 'pending', now())
  ON CONFLICT (instance, dedupe_key) DO NOTHING`;

/** Verifies the signature, inserts, answers. */
export class BaselineWebhooks {
  constructor(
    private readonly pool: pg.Pool,
    private readonly secret: string,
  ) {}

  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request);
    if (!this.isSigned(request, body)) {
      response.writeHead(401).end();
      return;
    }
    const { connection, id_webhook_data: id } = JSON.parse(body.toString('utf8')) as {
      connection: { id: number; id_user: number };
      id_webhook_data: number;
    };
    await this.pool.query({
      name: 'insert_webhook',
      text: INSERT,
      values: [
        String(id),
        `connection:${connection.id}`,
        String(connection.id_user),
        String(connection.id),
        body,
      ],
    });
    response.writeHead(204).end();
  }

  private isSigned({ headers, url = '' }: IncomingMessage, body: Buffer): boolean {
    const { 'bi-signature': signature, 'bi-signature-date': date } = headers;
    if (typeof signature !== 'string' || typeof date !== 'string') {
      return false;
    }
    const expected = createHmac('sha256', this.secret).update(`POST.${url}.${date}.`).update(body).digest();
    const given = Buffer.from(signature, 'base64');
    const isNear = Math.abs(Date.now() - Date.parse(date)) < 300_000;
    return isNear && given.length === expected.length && timingSafeEqual(given, expected);
  }
}

function bytesOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => resolve(Buffer.concat(parts))).on('error', reject);
  });
}
