import { createHmac, randomBytes } from 'node:crypto';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import type { ConnectionsModuleOptions } from 'nestjs-powens-connections';
import { captureOutput, registerSecret } from '../canary/collector.js';
import { sql } from '../flow/observe.js';
import { until } from '../flow/person.js';
import type { FlowApp } from '../flow/flow-app.js';
import type { Connected } from '../flow/lifecycle.js';

/** How a webhook is sent; what is not said is as Powens would do it. */
export interface Push {
  readonly secret?: string;
  /** Path that is signed, when it is another than the one sent to. */
  readonly signedPath?: string;
  /** Null sends none. */
  readonly date?: string | null;
  /** In place of the signature made; null sends none. */
  readonly signature?: string | readonly string[] | null;
  readonly headers?: OutgoingHttpHeaders;
  /** Sends these bytes, signed as they are unless `signed` says otherwise. */
  readonly bytes?: Buffer;
  readonly signed?: Buffer;
}

/** What a webhook was answered. */
export interface PushAnswer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

/** A secret of the HMAC provider, and the options that know it. */
export function hmacWebhooks(): { secret: string; options: Partial<ConnectionsModuleOptions> } {
  const secret = `wh_${randomBytes(24).toString('hex')}`;
  registerSecret('webhook secret', secret);
  return {
    secret,
    options: {
      webhooks: { auth: { type: 'hmac', secrets: secret }, pollIntervalMs: 50 },
      lifecycle: { unconfirmedGraceSeconds: 0, sweepIntervalMs: 200 },
    },
  };
}

/** Signs as the documentation says: method, path, date and body, joined with dots. */
export function signatureOf(secret: string, path: string, date: string, body: Buffer): string {
  return createHmac('sha256', secret).update(`POST.${path}.${date}.`).update(body).digest('base64');
}

/** JSON as Powens' Python writes it: with a space after each colon and comma. */
export function spaced(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/([[{]) /g, '$1')
    .replace(/ ([\]}])/g, '$1');
}

/** Sends a webhook to an application. */
export async function push(
  url: string,
  path: string,
  body: unknown,
  how: Push & { secret: string },
): Promise<PushAnswer> {
  const bytes = how.bytes ?? Buffer.from(spaced(body));
  const date = how.date === undefined ? new Date().toISOString().replace('Z', '127Z') : how.date;
  const signature =
    how.signature === undefined
      ? signatureOf(how.secret, how.signedPath ?? path, date ?? '', how.signed ?? bytes)
      : how.signature;
  const answer = await sendBytes(new URL(path, url), bytes, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    ...(signature === null ? {} : { 'bi-signature': signature as string }),
    ...(date === null ? {} : { 'bi-signature-date': date }),
    ...how.headers,
  });
  captureOutput(
    'answers',
    `POST ${path} ${answer.status}\n${JSON.stringify(answer.headers)}\n${answer.text}`,
  );
  return answer;
}

/** Bytes as they are, headers as they are: what `fetch` would tidy up. */
export async function sendBytes(url: URL, bytes: Buffer, headers: OutgoingHttpHeaders): Promise<PushAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: 'POST', headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(parts).toString('utf8'),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

/** The Powens user behind an owner. */
export async function powensUserOf(app: FlowApp, owner: Connected): Promise<string> {
  const [row] = await sql<{ powens_user_id: string }>(
    app,
    'SELECT powens_user_id FROM powens_user WHERE owner_id = $1',
    [owner.browser.user],
  );
  return row?.powens_user_id ?? '';
}

/** Body of `CONNECTION_SYNCED`, as large as `accounts` make it. */
export function syncedBody(
  connection: { readonly powensConnectionId: string; readonly powensUserId: string },
  told: { lastUpdate: string | null; state?: string | null; webhookDataId: number; accounts?: unknown[] },
): Record<string, unknown> {
  const { powensConnectionId, powensUserId } = connection;
  return {
    user: { id: Number(powensUserId), signin: '2026-03-14 10:20:01', platform: 'sharedAccess' },
    connection: {
      id: Number(powensConnectionId),
      id_user: Number(powensUserId),
      id_connector: 40,
      state: told.state ?? null,
      last_update: told.lastUpdate,
      accounts: told.accounts ?? [
        { id: 5301, name: 'Compte chèques', transactions: [{ id: 1, value: -16.22 }] },
      ],
    },
    id_webhook_data: told.webhookDataId,
  };
}

/**
 * The whole inbox, once each row had its turn: two are equal when nobody added, removed or changed anything in between,
 * summaries and bodies (while they are kept) included. What waits for its user stays as it is.
 */
export async function wholeInbox(app: FlowApp): Promise<unknown> {
  await until(async () => {
    const [row] = await sql<{ due: number }>(
      app,
      `SELECT count(*)::int AS due FROM powens_inbox head
        WHERE status = 'pending' AND (available_at <= now() OR lease_token IS NOT NULL) AND NOT EXISTS (
          SELECT FROM powens_inbox before WHERE before.status = 'pending' AND before.order_key = head.order_key
            AND before.position < head.position)`,
    );
    return row?.due === 0;
  });
  return sql(
    app,
    `SELECT position, instance, tenant, event, dedupe_key, order_key, powens_user_id, powens_connection_id, summary,
      encoding, length(body) AS body_bytes, md5(body) AS body_md5, status, error_code, received_at, completed_at
      FROM powens_inbox ORDER BY position`,
  );
}

/** Rows of the inbox, oldest first. */
export async function inboxOf(
  app: FlowApp,
): Promise<{ position: string; event: string; status: string; dedupe_key: string; tries: number }[]> {
  return sql(app, 'SELECT position, event, status, dedupe_key, tries FROM powens_inbox ORDER BY position');
}

/** Waits until nothing in the inbox is waiting. */
export async function inboxEmpty(app: FlowApp): Promise<void> {
  await until(async () => {
    const [row] = await sql<{ waiting: number }>(
      app,
      `SELECT count(*)::int AS waiting FROM powens_inbox WHERE status = 'pending'`,
    );
    return row?.waiting === 0;
  });
}

/** Lets the sandbox of an application push to it, one URL per event, signed. */
export function pushTo(app: FlowApp, secret: string): void {
  for (const event of SENT) {
    app.sandbox.webhooks.register({
      event,
      url: `${app.url.replace('localhost', '127.0.0.1')}/connections/webhooks/${pathOfEvent(event)}`,
      auth: { type: 'hmac_signature', secret },
    });
  }
}

/** Waits until the sandbox has nothing to send any more, and the application nothing to process. */
export async function settled(app: FlowApp): Promise<void> {
  await app.sandbox.webhooks.idle();
  await inboxEmpty(app);
}

const SENT = [
  'USER_CREATED',
  'USER_DELETED',
  'CONNECTION_SYNCED',
  'CONNECTION_DELETED',
  'ACCOUNTS_FETCHED',
  'ACCOUNT_FOUND',
  'ACCOUNT_SYNCED',
  'ACCOUNT_ENABLED',
  'ACCOUNT_DISABLED',
  'SUBSCRIPTION_FOUND',
  'SUBSCRIPTION_SYNCED',
] as const;

function pathOfEvent(event: string): string {
  return event.toLowerCase().replaceAll('_', '-');
}
