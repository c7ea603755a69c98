import { expect } from 'vitest';
import { PowensApiError } from '../../errors/powens-api.error.js';
import { AuthorizationCode } from '../../values/secrets/authorization-code.js';
import { fromUser, type PowensCall, withCredentials } from '../transport/powens-call.js';
import { json, type Stub, stubHttp } from './stub-server.js';
import { rejection, SECRETS, TOKEN } from './powens-under-test.js';

/** A call that may be repeated. */
export const GET = fromUser('GET', '/users/me', TOKEN);
/** A call that may not. */
export const POST: PowensCall = {
  ...withCredentials('/auth/token/access', () =>
    JSON.stringify({ code: SECRETS.code, client_secret: SECRETS.clientSecret }),
  ),
  secrets: [AuthorizationCode.of(SECRETS.code)],
};

/** Waits for a call to fail with the error of this library. */
export async function failureOf(call: Promise<unknown>): Promise<PowensApiError> {
  const reason = await rejection(call);
  expect(reason).toBeInstanceOf(PowensApiError);
  return reason as PowensApiError;
}

/** A stub that always answers the same. */
export function answering(status: number, headers: object = {}): Promise<Stub> {
  return stubHttp((_, response) =>
    json(response, { code: 'bug', description: 'd', request_id: 7 }, status, headers),
  );
}
