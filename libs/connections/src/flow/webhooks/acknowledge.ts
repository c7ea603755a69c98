import type { Transaction } from '../../database/unit-of-work.js';
import type { Owner } from '../../values/owner.js';
import type { InboxOutcome } from '../../webhooks/inbox-message.js';

/**
 * Acknowledges a message in the transaction of its effect: both or nothing.
 *
 * @internal
 */
export type Acknowledge = (outcome: InboxOutcome, owner: Owner | null) => (tx: Transaction) => void;

/** Result of processing: acknowledged already, or an outcome still to acknowledge. */
export type Processed = 'acknowledged' | InboxOutcome;
