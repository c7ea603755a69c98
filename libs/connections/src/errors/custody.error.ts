import { ConnectionsError } from './connections.error.js';

/**
 * A sealed value cannot be opened. The row is left as it is: it is evidence (`token_tampered`), or will be readable
 * again once its key is back (`key_unavailable`).
 *
 * @public
 */
export class CustodyError extends ConnectionsError {
  constructor(code: 'key_unavailable' | 'token_tampered', message: string) {
    super(code, message);
  }
}

/**
 * A stored Powens user is not one of the configured Powens domain and client application. Nothing was changed: the same
 * number is another person's user elsewhere.
 *
 * @public
 */
export class ProviderMismatchError extends ConnectionsError {
  private constructor(message: string) {
    super('provider_mismatch', message);
  }

  /**
   * The row was written for another provider than the options name.
   *
   * @param stored - the provider that the row belongs to, as text
   * @param configured - the provider that the options name, as text
   */
  static inRow(stored: string, configured: string): ProviderMismatchError {
    return new ProviderMismatchError(
      `A stored Powens user belongs to ${stored}, and the options name ${configured}. Nothing was sent to Powens. ` +
        'Correct powens.domain, powens.apiUrl or powens.clientId, or the database that is used. If Powens moved this ' +
        'very application to another address, run "npx connections doctor rebind" (docs/operations.md).',
    );
  }

  /**
   * Powens has another person under the number of a stored Powens user.
   *
   * @param powensUserId - the number
   * @param evidence - which values differ
   */
  static atPowens(powensUserId: string, evidence: string): ProviderMismatchError {
    return new ProviderMismatchError(
      `Powens user ${powensUserId} is not the one that is stored here: ${evidence}. Nothing was stored, and no token but ` +
        'the one just made was revoked. Check that powens.domain and powens.apiUrl name the Powens that the database ' +
        'was filled from, and that it was not reset.',
    );
  }
}
