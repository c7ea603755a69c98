import { given, type Fields } from '../../http/fields.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import { readEvent } from '../../webhooks/registry/read-event.js';
import type { WebhookEventName } from '../../store/webhook-event.js';

/** An event to fire now. */
export interface WebhookDeliveryRequest {
  event: WebhookEventName;
  idUser?: number;
  idConnection?: number;
  idAccount?: number;
  idSubscription?: number;
  /** Merged over what the ids make; without ids, the body itself. */
  body?: Record<string, unknown>;
  /** Sent as it stands, JSON or not. */
  raw?: string;
  /** Send the whole history, as the first synchronisation does. */
  first: boolean;
}

/** How often, and dated when. */
export interface WebhookDeliveryManner {
  copies: number;
  signatureDate?: string;
}

/** Reads an event to fire. */
export function readDelivery(fields: Fields): WebhookDeliveryRequest {
  const body = fields.raw('body');
  if (body !== undefined && !isObject(body)) {
    throw invalidValue('body', 'it is an object; use raw for anything else');
  }
  return {
    event: readEvent(fields),
    first: fields.flag('first') ?? false,
    ...given('idUser', fields.integer('idUser')),
    ...given('idConnection', fields.integer('idConnection')),
    ...given('idAccount', fields.integer('idAccount')),
    ...given('idSubscription', fields.integer('idSubscription')),
    ...given('raw', fields.text('raw')),
    ...given('body', body),
  };
}

/** Reads how to send. */
export function readManner(fields: Fields): WebhookDeliveryManner {
  return {
    copies: 1 + (fields.integer('duplicate') ?? 0),
    ...given('signatureDate', fields.text('signatureDate')),
  };
}

function isObject(sent: unknown): sent is Record<string, unknown> {
  return typeof sent === 'object' && sent !== null && !Array.isArray(sent);
}
