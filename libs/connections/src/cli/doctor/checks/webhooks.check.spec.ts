import { describe, expect, it } from 'vitest';
import { adviceOnForged, adviceOnSigned } from './webhooks.check.js';

const PATH = '/connections/webhooks/doctor';

describe('the advice on webhooks', () => {
  it('should be none when a wrong signature is refused and a right one is taken', () => {
    expect(adviceOnForged({ status: 401 })).toBeNull();
    expect(adviceOnSigned({ status: 204 }, PATH)).toBeNull();
  });

  it('should warn of whatever takes anything', () => {
    expect(adviceOnForged({ status: 200 })).toContain('Something else than this library');
  });

  it('should name the secret, the signed path and the clock when a right signature is refused', () => {
    const advice = adviceOnSigned({ status: 401 }, PATH);
    for (const word of ['POWENS_WEBHOOK_SECRET', 'webhooks.signedPath', PATH, 'clock']) {
      expect(advice).toContain(word);
    }
  });

  it.each([
    [301, 'redirect'],
    [403, 'firewall'],
    [404, 'PUBLIC_URL'],
    [405, 'takes no POST'],
    [413, 'size of bodies'],
    [418, 'no answer of this library'],
    [429, 'limit of requests'],
    [500, 'See its log'],
    [502, 'See its log'],
  ])('should say what to do about %i', (status, words) => {
    expect(adviceOnForged({ status })).toContain(words);
    expect(adviceOnSigned({ status }, PATH)).toContain(words);
  });

  it.each([
    ['ENOTFOUND', 'DNS'],
    ['ECONNREFUSED', 'no process listens'],
    ['ETIMEDOUT', 'firewall'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['EHOSTUNREACH', 'cannot be reached (EHOSTUNREACH)'],
  ])('should say what to do about %s', (failure, words) => {
    expect(adviceOnForged({ failure })).toContain(words);
    expect(adviceOnSigned({ failure }, PATH)).toContain(words);
  });
});
