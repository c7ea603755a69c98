import type { ClientStartRequest, ConnectionsClient } from '../client/index.js';
import type { PowensConnectionsEventMap } from './element-events.js';
import type { Words } from './words/words.js';

type Events = PowensConnectionsEventMap;

/** What the element gives its controller. */
export interface ControllerHost {
  readonly client: ConnectionsClient;
  readonly words: Words;
  readonly startRequest: ClientStartRequest;
  readonly display: 'page' | 'popup';
  /** The attempt whose end is to be shown. */
  readonly attemptId: string | null;
  /** @returns false when a listener cancelled the event */
  emit<K extends keyof Events>(type: K, detail: Events[K]['detail']): boolean;
}
