import { describe, expect, it } from 'vitest';
import { CustodyError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { TicketCompletion } from './ticket-completion.service.js';

const TARGET = { url: 'com.example.app:/banks', complete: 'confirm' } as const;
const QUERY = `state=${'s'.repeat(43)}&code=c`;
const KNOWN = {
  id: '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77',
  owner: { id: 'ann', tenant: '' },
  returnTo: TARGET.url,
};

/** With an authenticator of the row that cannot be verified, or with one that can. */
function completionWith(refusal: CustodyError | null, targets: object = { app: TARGET }): TicketCompletion {
  const options = { instance: 'default', limits: { callbacksPerMinute: 2 }, returnTo: { targets } };
  const attempts = { findByState: async () => Promise.resolve({ ...KNOWN, bound: {} }) };
  const custody = {
    verify: () => {
      if (refusal !== null) throw refusal;
    },
    sealTicket: () => 'sealed',
  };
  const urls = { completionOf: () => 'confirm', displayOf: () => 'page' };
  return new TicketCompletion(
    options as unknown as ResolvedOptions,
    attempts as never,
    custody as never,
    urls as never,
    {} as never,
  );
}

describe(TicketCompletion.name, () => {
  it('should pass a callback on to the application of its attempt', async () => {
    expect(await completionWith(null).passOn(QUERY)).toEqual({
      attemptId: KNOWN.id,
      ticket: 'sealed',
      url: `${TARGET.url}?attempt=${KNOWN.id}&ticket=sealed`,
      display: 'page',
    });
  });

  it('should not pass on the callback of an edited row', async () => {
    expect(await completionWith(new CustodyError('token_tampered', 'edited')).passOn(QUERY)).toBeNull();
  });

  it('should ask to come again while the key is missing that would tell whether the row was edited', async () => {
    const completion = completionWith(new CustodyError('key_unavailable', 'missing'));
    await expect(completion.passOn(QUERY)).rejects.toMatchObject({ code: 'key_unavailable' });
  });

  it('should read no attempt where no application completes any', async () => {
    const targets = { web: { url: 'https://app.example.com/', complete: 'callback' } };
    expect(await completionWith(null, targets).passOn('not a callback')).toBeNull();
  });

  it('should limit how often one callback is opened', async () => {
    const completion = completionWith(null);
    await completion.passOn(QUERY);
    await completion.passOn(QUERY);
    await expect(completion.passOn(QUERY)).rejects.toMatchObject({ code: 'rate_limited' });
  });
});
