import { describe, expect, it } from 'vitest';
import { parseSetCookie } from 'cookie';
import type { AppConfig } from '../config/app.config.js';
import { SessionCookie, USER_NAME } from './session-cookie.service.js';

const NOW = Date.parse('2026-01-31T09:00:00Z');
const HOUR_MS = 3_600_000;

function cookieOf(config: { keys?: string; publicUrl?: string; demoAccess?: boolean } = {}): SessionCookie {
  return new SessionCookie({
    keys: 'k1:one',
    publicUrl: 'http://localhost:3000',
    demoAccess: true,
    ...config,
  } as AppConfig);
}

/** What a browser sends back. */
function sentBack(setCookie: string) {
  const { name, value } = parseSetCookie(setCookie);
  return { cookie: `other=1; ${name}=${value ?? ''}` };
}

describe(SessionCookie.name, () => {
  it('should be out of reach of scripts and of other sites, and hold no key', () => {
    const cookie = parseSetCookie(cookieOf().issue('alice'));

    expect(cookie).toMatchObject({ name: 'session', httpOnly: true, sameSite: 'lax', path: '/' });
    expect(cookie.secure).toBeUndefined();
    expect(cookie.domain).toBeUndefined();
  });

  it('should insist on https when the public URL does', () => {
    const cookie = parseSetCookie(cookieOf({ publicUrl: 'https://app.example.com' }).issue('alice'));

    expect(cookie).toMatchObject({ name: '__Host-session', secure: true, path: '/' });
  });

  it.each(['alice', 'a', 'Ann.Mary_O-Neill@example.com', 'a'.repeat(64)])('should bring back %s', (user) => {
    expect(user).toMatch(USER_NAME);
    expect(cookieOf().read(sentBack(cookieOf().issue(user)))).toBe(user);
  });

  it('should know nobody without a cookie', () => {
    expect(cookieOf().read({})).toBeNull();
    expect(cookieOf().read({ cookie: 'session=' })).toBeNull();
    expect(cookieOf().read({ cookie: 'session=..' })).toBeNull();
  });

  it('should end after twelve hours', () => {
    const headers = sentBack(cookieOf().issue('alice', NOW));

    expect(cookieOf().read(headers, NOW + 12 * HOUR_MS - 1_000)).toBe('alice');
    expect(cookieOf().read(headers, NOW + 12 * HOUR_MS)).toBeNull();
  });

  it('should refuse a value in which any character was changed', () => {
    const { value = '' } = parseSetCookie(cookieOf().issue('alice'));

    for (let at = 0; at < value.length; at += 1) {
      const other = value[at] === 'A' ? 'B' : 'A';
      const changed = `${value.slice(0, at)}${other}${value.slice(at + 1)}`;
      expect(cookieOf().read({ cookie: `session=${changed}` })).toBeNull();
    }
    expect(cookieOf().read({ cookie: `session=${value}.x` })).toBeNull();
  });

  it('should refuse what another key signed', () => {
    expect(cookieOf({ keys: 'k1:two' }).read(sentBack(cookieOf().issue('alice')))).toBeNull();
  });

  it('should accept what a key signed that is no longer the first', () => {
    const rotated = cookieOf({ keys: 'k2:two, k1:one' });

    expect(rotated.read(sentBack(cookieOf().issue('alice')))).toBe('alice');
    expect(cookieOf().read(sentBack(rotated.issue('alice')))).toBeNull();
  });

  it('should take itself back', () => {
    expect(parseSetCookie(cookieOf().clear())).toMatchObject({
      name: 'session',
      value: '',
      maxAge: 0,
      path: '/',
    });
  });

  it.each(['', ' ', 'al ice', 'a'.repeat(65), 'é', 'a\n', "'--", '<b>'])(
    'should not call a user %j',
    (name) => {
      expect(name).not.toMatch(USER_NAME);
    },
  );

  it('should take no cookie of a development process with the same keys where the demo login is off [N27]', () => {
    const headers = sentBack(cookieOf().issue('alice', NOW));

    expect(cookieOf().read(headers, NOW)).toBe('alice');
    expect(cookieOf({ demoAccess: false }).read(headers, NOW)).toBeNull();
  });
});
