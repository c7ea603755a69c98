/** The parameters of a callback, in the documented order. Nothing else may be added: strict clients refuse it. */
export interface CallbackParameters {
  /** The name of `connection_id` when the bank was reached without the webview. */
  id_connection?: number;
  connection_id?: number;
  connection_ids?: readonly number[];
  connection_deleted?: boolean;
  code?: string;
  error?: string;
  error_description?: string;
}

const DESCRIPTIONS: Record<string, string> = {
  access_denied: 'User cancelled the operation',
  server_error: 'An internal error occurred',
  tos_declined: 'User declined the terms of service',
  session_expired: 'The session has expired',
};

/** The callback parameters of a failure. */
export function errorParameters(error: string): CallbackParameters {
  return { error, error_description: DESCRIPTIONS[error] ?? 'The operation could not be completed' };
}

/**
 * Builds the URL the browser is sent to. `rawState` is the caller's `state`, still encoded: echoing it untouched is the
 * only way to give back the same bytes, whatever the caller meant by a `+`.
 *
 * @see protocol notes, section 3.3, 3.4 and 12.3
 */
export function callbackUrl(
  redirectUri: string,
  parameters: CallbackParameters,
  rawState: string | null,
): string {
  const pairs = Object.entries(parameters).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
  );
  if (rawState !== null) {
    pairs.push(`state=${headerSafe(rawState)}`);
  }
  return pairs.length === 0 ? redirectUri : `${redirectUri}?${pairs.join('&')}`;
}

/** Encodes what may stand in a request line but not in a `Location` header or a careful URL parser. */
function headerSafe(raw: string): string {
  return raw.replace(/[^\w\-.~%!$'()*+,;=:@/?]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}
