import type { RequiredAction } from '../events/index.js';

export type { RequiredAction };

const ACTIONS: Readonly<Record<string, RequiredAction>> = {
  SCARequired: 'reconnect',
  webauthRequired: 'reconnect',
  additionalInformationNeeded: 'reconnect',
  decoupled: 'reconnect',
  wrongpass: 'reconnect',
  validating: 'wait',
  rateLimiting: 'wait',
  websiteUnavailable: 'wait',
  bug: 'wait',
  actionNeeded: 'act_at_bank',
  passwordExpired: 'act_at_bank',
  notSupported: 'contact_support',
};

/**
 * Returns the action that a state requires. A state that this version does not know cannot be repaired here.
 *
 * @param state - as reported by Powens, or null after a successful synchronisation
 * @see https://docs.powens.com/documentation/integration-guides/sca-and-connection-states
 */
export function requiredActionOf(state: string | null): RequiredAction | null {
  if (state === null) {
    return null;
  }
  return Object.hasOwn(ACTIONS, state) ? (ACTIONS[state] ?? 'contact_support') : 'contact_support';
}
