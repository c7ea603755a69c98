import type { Transaction } from '../../database/unit-of-work.js';
import type { Owner } from '../../values/owner.js';
import type { InboxOutcome } from '../../webhooks/inbox-message.js';

/**
 * Ends a message in the transaction of what it brought about: both or nothing.
 *
 * @internal
 */
export type Acknowledge = (outcome: InboxOutcome, owner: Owner | null) => (tx: Transaction) => void;

/** What became of a message: settled already, or still to be. */
export type Processed = 'settled' | InboxOutcome;
