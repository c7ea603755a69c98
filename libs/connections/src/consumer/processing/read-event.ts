import { validate as isUuid } from 'uuid';
import type { ConnectionEvent } from '../../events/index.js';

/** A message that is no event of the library, in a version that it knows. */
export class UnreadableMessageError extends Error {}

/**
 * Reads the event of a message: the event as JSON, or the structured JSON format of CloudEvents 1.0 with the event as `data`. The
 * body decides which, since not every broker keeps a media type.
 *
 * @throws UnreadableMessageError with what is wrong, and nothing of the body
 * @internal
 */
export function readEvent(body: Uint8Array): ConnectionEvent {
  const message = objectOf(parsed(body), 'the message');
  const event = 'specversion' in message ? dataOf(message) : message;
  const { id, type, version, instance, ownerId } = event;
  if (typeof id !== 'string' || !isUuid(id)) {
    throw new UnreadableMessageError('the event has no "id" that is a UUID');
  }
  if (version !== 1) {
    throw new UnreadableMessageError('the event is not of version 1, which is all that this release reads');
  }
  for (const [name, value] of Object.entries({ type, instance, ownerId })) {
    if (typeof value !== 'string') {
      throw new UnreadableMessageError(`the event has no "${name}"`);
    }
  }
  for (const name of ['connectionId', 'attemptId']) {
    if (!['string', 'undefined'].includes(typeof (event[name] ?? undefined))) {
      throw new UnreadableMessageError(`the event has a "${name}" that is no text`);
    }
  }
  objectOf(event['data'], 'the data of the event');
  return event as unknown as ConnectionEvent;
}

function dataOf(cloudEvent: Record<string, unknown>): Record<string, unknown> {
  const { specversion, data, data_base64: base64 } = cloudEvent;
  if (typeof specversion !== 'string' || !specversion.startsWith('1.')) {
    throw new UnreadableMessageError('the message is a CloudEvent of another version than 1');
  }
  const event = typeof base64 === 'string' ? parsed(Buffer.from(base64, 'base64')) : data;
  return objectOf(event, 'the data of the CloudEvent');
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    // The error of the parser quotes the body, which a log must not hold.
    throw new UnreadableMessageError('the message is no JSON in UTF-8');
  }
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnreadableMessageError(`${name} is no JSON object`);
  }
  return value as Record<string, unknown>;
}
