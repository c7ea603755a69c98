import { describe, expect, it } from 'vitest';
import { isSameText, isWebhookToken, mintWebhookToken } from './oauth-token.js';

const NOW = Date.parse('2026-03-14T09:26:53Z');
const sealing = { secret: 'a-client-secret-of-32-characters', nowMs: NOW };

describe(mintWebhookToken.name, () => {
  const token = mintWebhookToken(sealing, 3600);

  it('should make tokens that are good until they end, and not a millisecond longer', () => {
    expect(isWebhookToken(token, sealing)).toBe(true);
    expect(isWebhookToken(token, { ...sealing, nowMs: NOW + 3_599_999 })).toBe(true);
    expect(isWebhookToken(token, { ...sealing, nowMs: NOW + 3_600_000 })).toBe(false);
  });

  it('should make another one each time, without the secret in it', () => {
    expect(mintWebhookToken(sealing, 3600)).not.toBe(token);
    expect(token).not.toContain(sealing.secret);
  });

  it('should refuse one of another secret', () => {
    expect(isWebhookToken(token, { ...sealing, secret: `${sealing.secret}x` })).toBe(false);
  });

  it('should refuse one whose end was moved, and every character changed in any part', () => {
    const [ends = '', random = '', seal = ''] = token.split('.');
    expect(isWebhookToken(`${Number(ends) + 1}.${random}.${seal}`, sealing)).toBe(false);
    const others = [...token].map((character, index) => {
      const other = character === '.' ? '-' : /\d/.test(character) ? (character === '1' ? '2' : '1') : '0';
      return `${token.slice(0, index)}${other}${token.slice(index + 1)}`;
    });
    // The last character carries two bits that belong to no byte.
    for (const other of others.slice(0, -1)) {
      expect(isWebhookToken(other, sealing), other).toBe(false);
    }
  });

  it.each([
    '',
    '.',
    '..',
    'null',
    token.slice(1),
    `${token}x`,
    ` ${token}`,
    `${token}\n`,
    token.toUpperCase(),
  ])('should refuse %j', (other) => {
    expect(isWebhookToken(other, sealing)).toBe(false);
  });
});

describe(isSameText.name, () => {
  it.each([
    ['20000001', '20000001', true],
    ['20000001', '20000002', false],
    ['', '', true],
    ['', '20000001', false],
    ['20000001', '200000011', false],
    ['é', 'e\u0301', false],
  ])('should tell of %j and %j', (given, expected, same) => {
    expect(isSameText(given, expected)).toBe(same);
  });
});
