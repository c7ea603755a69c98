import { OTP_FIELD, PASSWORD_FIELD } from '../connectors/connector-templates.js';
import { SANDBOX_CHOICES } from '../sandbox.choices.js';
import type { ConnectionRecord } from '../store/records.js';

const MESSAGES: Record<string, string> = {
  decoupled: 'Validez la demande dans votre application bancaire',
  actionNeeded: "Merci d'accepter les nouvelles conditions générales",
  wrongpass: 'Identifiant ou mot de passe incorrect',
  passwordExpired: 'Votre mot de passe a expiré',
  webauthRequired: 'Redirecting to https://bank.example.test/oauth?state=k1',
};

const FIELDS: Record<string, ConnectionRecord['fields']> = {
  additionalInformationNeeded: [OTP_FIELD],
  wrongpass: [PASSWORD_FIELD],
};

/**
 * What goes with a state: message, fields, expiry. An unknown state gets nothing, as a future one would.
 *
 * @see powens-protocol.md sections 6 and 12.4
 */
export function changesForState(state: string | null, now: number): Partial<ConnectionRecord> {
  const word = state ?? '';
  return {
    state,
    errorMessage: MESSAGES[word] ?? null,
    fields: FIELDS[word] ?? null,
    expire: word === 'webauthRequired' ? now + SANDBOX_CHOICES.webauthUrlSeconds * 1000 : null,
    nextTry: state === null ? now + SANDBOX_CHOICES.nightlySyncSeconds * 1000 : null,
    lastSyncAt: now,
    ...(state === null ? { lastUpdate: now } : {}),
  };
}
