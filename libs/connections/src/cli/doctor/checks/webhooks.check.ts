import { signWebhook } from '../../../webhooks/authentication/sign-webhook.js';
import type { DoctorSettings } from '../doctor-settings.js';
import { findingsOf, type Finding } from '../finding.js';
import { deliver, type Delivered } from './deliver.js';

/** Not an event of Powens: it is verified and not stored. */
const EVENT = 'doctor';
const BODY = '{}';

/** Well-formed, and certainly not the right signature. */
const WRONG_SIGNATURE = Buffer.alloc(32).toString('base64');

const { ok, fix, skip } = findingsOf('webhooks');

/**
 * Checks that a webhook would arrive: sends one that must be refused, then one that must be accepted, to the URL that is
 * registered at Powens.
 */
export async function checkWebhooks({ webhooksUrl, webhookSecret }: DoctorSettings): Promise<Finding> {
  if (webhookSecret === null) {
    return skip('POWENS_WEBHOOK_SECRET is not set: not looked at');
  }
  const url = `${webhooksUrl}/${EVENT}`;
  const path = new URL(url).pathname;
  const forged = await deliver({ url, body: BODY, signature: WRONG_SIGNATURE, date: now() });
  const unexpected = adviceOnForged(forged);
  if (unexpected !== null) {
    return fix(`${webhooksUrl}: ${unexpected}`);
  }
  const date = now();
  const signature = signWebhook({ secret: webhookSecret, path, date, body: BODY });
  const advice = adviceOnSigned(await deliver({ url, body: BODY, signature, date }), path);
  return advice === null
    ? ok(`${webhooksUrl} takes what is signed, and refuses what is not`)
    : fix(`${webhooksUrl}: ${advice}`);
}

/** What to do when a delivery with a wrong signature is not answered 401; null when it is. */
export function adviceOnForged(delivered: Delivered): string | null {
  if ('failure' in delivered) {
    return adviceOnFailure(delivered.failure);
  }
  const { status } = delivered;
  if (status === 401) {
    return null;
  }
  return status >= 200 && status < 300
    ? `took a webhook with a wrong signature (${status}). Something else than this library answers there, and everyone who knows the URL can post to it.`
    : adviceOnStatus(status);
}

/** What to do when a delivery with a right signature is not answered 204; null when it is. */
export function adviceOnSigned(delivered: Delivered, path: string): string | null {
  if ('failure' in delivered) {
    return adviceOnFailure(delivered.failure);
  }
  const { status } = delivered;
  if (status === 401) {
    return (
      'refuses a right signature. POWENS_WEBHOOK_SECRET differs from that of the running application; or it signs another ' +
      `path than ${path}, so set its option webhooks.signedPath to the path that is registered at Powens; or a clock is wrong.`
    );
  }
  if (status >= 200 && status < 300) {
    return null;
  }
  return adviceOnStatus(status);
}

function adviceOnStatus(status: number): string {
  const advice = STATUS_ADVICE[status];
  if (advice !== undefined) {
    return `answered ${status}: ${advice}`;
  }
  if (status >= 300 && status < 400) {
    return `answered ${status}, a redirect, which Powens does not follow. Register the URL it leads to (https, no trailing slash).`;
  }
  return status >= 500
    ? `answered ${status}: the application, or the proxy before it, fails. See its log.`
    : `answered ${status}, which is no answer of this library. Something stands before it.`;
}

const STATUS_ADVICE: Readonly<Record<number, string>> = {
  403: 'a firewall, a proxy or a guard of the host stands before the route. Let POST requests of Powens through.',
  404:
    'nothing is there. Check PUBLIC_URL, --path or --webhooks-url, and what a proxy does to the path; or option "webhooks" of ' +
    'the running application is not set.',
  405: 'the path belongs to something that takes no POST. Check PUBLIC_URL, --path or --webhooks-url.',
  413: 'a proxy limits the size of bodies. A first synchronisation has several megabytes.',
  429: 'a limit of requests stands before the route. Powens stops delivering after ten failures: leave the route out of it.',
};

function adviceOnFailure(code: string): string {
  if (/CERT|TLS|SSL|SELF_SIGNED|VERIFY/.test(code)) {
    return `its certificate is not accepted (${code}). Powens needs one that a public authority signed, with its whole chain.`;
  }
  return FAILURE_ADVICE[code] ?? `cannot be reached (${code}).`;
}

const FAILURE_ADVICE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name cannot be resolved. Check PUBLIC_URL and the DNS.',
  EAI_AGAIN: 'its name cannot be resolved now. Check the DNS.',
  ECONNREFUSED: 'no process listens there. Is the application running, and is the port the public one?',
  ETIMEDOUT: 'does not answer within 10 s. A firewall may drop the packets.',
  ECONNRESET: 'the link was cut. See the log of the proxy.',
};

/** With microseconds, as Powens writes it. */
function now(): string {
  return new Date().toISOString().replace('Z', '000Z');
}
