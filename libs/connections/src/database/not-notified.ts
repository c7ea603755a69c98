/** Connections in use whose end of consent was not notified: the condition of an index, and of the one statement that asks. */
export const EXPIRY_NOT_NOTIFIED = `status = 'active' AND (expiry_notified_for IS NULL OR expiry_notified_for <> expires_at)`;

/** Connections in use that ask for nothing and whose silence was not notified: the condition of an index, as above. */
export const SILENCE_NOT_NOTIFIED = `status = 'active' AND state IS NULL
  AND (silence_notified_at IS NULL OR silence_notified_at < COALESCE(last_synced_at, created_at))`;
