import { SandboxApiError } from '../../http/sandbox-api.error.js';

/** A webview URL that cannot be opened: shown on a page of its own, never by redirecting to an unverified callback. */
export function refusal(code: string, description: string, status = 400): SandboxApiError {
  return new SandboxApiError(status, code, description);
}
