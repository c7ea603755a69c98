/**
 * Why a Powens user is in its status. `erasing` leads to a deletion at Powens and needs the owner's own request; `lost` and
 * `forgetting` follow from answers of Powens and affect this database alone. `erased` with `answer_lost` is the tombstone of a
 * reservation whose Powens user may have been created: its id is unknown here.
 */
export const USER_REASONS = `CASE status
  WHEN 'erasing' THEN COALESCE(status_reason, '') = 'requested'
  WHEN 'lost' THEN COALESCE(status_reason, '') = 'user_gone'
  WHEN 'forgetting' THEN COALESCE(status_reason, '') = 'user_gone'
  WHEN 'revoked' THEN COALESCE(status_reason, 'token_lost') = 'token_lost'
  WHEN 'erased' THEN COALESCE(status_reason, 'answer_lost') = 'answer_lost'
  ELSE status_reason IS NULL END`;

/** Why a connection is removed. `deleting` leads to a deletion at Powens, `gone` never does. */
export const CONNECTION_REASONS = `CASE status
  WHEN 'deleting' THEN COALESCE(removal_reason, '') IN ('requested', 'unconfirmed')
  WHEN 'gone' THEN COALESCE(removal_reason, '') IN ('gone_at_powens', 'deleted_at_powens', 'user_gone')
  ELSE removal_reason IS NULL END`;
