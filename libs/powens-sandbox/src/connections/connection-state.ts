import type { Connector } from '../connectors/connector.js';
import { OTP_FIELD, PASSWORD_FIELD } from '../connectors/connector-templates.js';
import { SANDBOX_CHOICES } from '../sandbox.choices.js';
import type { ConnectionRecord, FieldRecord } from '../store/records.js';

const MESSAGES: Record<string, string> = {
  decoupled: 'Validez la demande dans votre application bancaire',
  actionNeeded: "Merci d'accepter les nouvelles conditions générales",
  wrongpass: SANDBOX_CHOICES.wrongPass.message,
  passwordExpired: 'Votre mot de passe a expiré',
  // The bank's own address hides in the message: clients must never show it raw.
  webauthRequired: 'Redirecting to https://bank.example.test/oauth?state=k1',
};

const FIELDS: Record<string, FieldRecord[]> = {
  additionalInformationNeeded: [OTP_FIELD],
  wrongpass: [PASSWORD_FIELD],
};

/** The part of a connection that a state decides. */
type StateChanges = Pick<
  ConnectionRecord,
  'state' | 'errorMessage' | 'fields' | 'expire' | 'nextTry' | 'readyAt'
> &
  Partial<Pick<ConnectionRecord, 'lastUpdate' | 'lastSyncAt'>>;

/**
 * What goes with a state: message, fields, expiry. An unknown state gets nothing, as a future one would.
 *
 * @see protocol notes, section 6 and 12.4
 */
export function changesForState(state: string | null, now: number): StateChanges {
  const word = state ?? '';
  const isFine = state === null;
  return {
    state,
    errorMessage: MESSAGES[word] ?? null,
    fields: FIELDS[word] ?? null,
    expire: word === 'webauthRequired' ? now + SANDBOX_CHOICES.webauthUrlSeconds * 1000 : null,
    nextTry: isFine ? now + SANDBOX_CHOICES.nightlySyncSeconds * 1000 : null,
    readyAt: word === 'validating' ? now + SANDBOX_CHOICES.validationSeconds * 1000 : null,
    ...(isFine ? { lastUpdate: now, lastSyncAt: now } : {}),
  };
}

/** What a bank asks for when a consent has ended. */
export function stateAfterConsent(connector: Connector): string {
  return connector.authMechanism === 'webauth' ? 'webauthRequired' : 'SCARequired';
}

/** What a bank asks for once it wants to see the person again; null when the credentials it has are enough. */
export function challengeState(connector: Connector): string | null {
  if (connector.authMechanism === 'webauth') {
    return 'webauthRequired';
  }
  const states = { none: null, otp: 'additionalInformationNeeded', decoupled: 'decoupled' } as const;
  return states[connector.challenge];
}
