import type { EventContent } from '../../events/index.js';

/** The state is the one Powens reported and does not change: only the token stopped working. */
export function revokedTokenNotice(local: {
  readonly state: string | null;
}): EventContent<'connection.action_required'> {
  const { state } = local;
  return {
    type: 'connection.action_required',
    data: { state, requiredAction: 'reconnect', previousState: state, reason: 'token_revoked' },
  };
}
