import type { Connector } from '../../connectors/connector.js';
import type { WebviewStep } from '../../store/webview-session.record.js';

/** Where a connection waits to be repaired. */
export interface RepairNeed {
  connector: Connector;
  state: string | null;
  /** Ask for everything anew, and not only for what is missing. */
  resetCredentials: boolean;
}

/**
 * The first page of a repair: only what is missing is asked for, unless the credentials are to be reset.
 *
 * @see protocol notes, section 3.2, `reset_credentials`
 */
export function firstRepairStep({ connector, state, resetCredentials }: RepairNeed): WebviewStep {
  if (connector.authMechanism === 'webauth' || state === 'webauthRequired') {
    return 'bank';
  }
  if (resetCredentials) {
    return 'login';
  }
  if (state === 'additionalInformationNeeded') {
    return 'otp';
  }
  if (state === 'decoupled' || state === 'validating') {
    return 'decoupled';
  }
  return state === 'SCARequired' && connector.challenge !== 'none' ? connector.challenge : 'login';
}
