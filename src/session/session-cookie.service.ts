import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { parseCookie, stringifySetCookie, type SetCookie } from 'cookie';
import { APP_CONFIG, type AppConfig } from '../config/app.config.js';
import { isPlainHttp } from '../config/loopback.js';

const LIFETIME_SECONDS = 12 * 60 * 60;
const KEY_BYTES = 32;

/** Letters, digits and `. _ - @`: the characters of a user name of this demo. */
export const USER_NAME = /^[A-Za-z0-9._@-]{1,64}$/;

/** The cookie's name when {@link AppConfig.publicUrl} is plain http, as the API document describes it. */
export const SESSION_COOKIE = 'session';

/**
 * Writes and reads the session cookie: `user.expiry.signature`. Nothing is stored on the server, so that a restart, or a
 * second process with the same keys, accepts the same sessions.
 *
 * A stand-in: it cannot end a session early on another browser, and needs no password.
 */
@Injectable()
export class SessionCookie {
  readonly name: string;
  private readonly attributes: Omit<SetCookie, 'name' | 'value'>;
  private readonly keys: readonly Buffer[];
  /** Empty when this sign-in is disabled: a cookie of a development process with the same keys is refused, too. */
  private readonly acceptedKeys: readonly Buffer[];

  constructor(@Inject(APP_CONFIG) config: AppConfig) {
    const secure = !isPlainHttp(config.publicUrl);
    // The prefix makes browsers refuse a cookie of that name that a sibling host or a plain http page tries to plant.
    this.name = secure ? `__Host-${SESSION_COOKIE}` : SESSION_COOKIE;
    // Lax, not Strict: the redirect from the webview is a navigation from another site and must send the session.
    this.attributes = { httpOnly: true, sameSite: 'lax', path: '/', secure };
    this.keys = config.keys.split(',').map(sessionKey);
    this.acceptedKeys = config.demoAccess ? this.keys : [];
  }

  /** @returns the `Set-Cookie` header that signs a user in */
  issue(user: string, now: number = Date.now()): string {
    const claim = `${encode(user)}.${Math.floor(now / 1000) + LIFETIME_SECONDS}`;
    const value = `${claim}.${sign(claim, this.keys[0])}`;
    return stringifySetCookie({ ...this.attributes, name: this.name, value, maxAge: LIFETIME_SECONDS });
  }

  /** @returns the `Set-Cookie` header that signs out */
  clear(): string {
    return stringifySetCookie({ ...this.attributes, name: this.name, value: '', maxAge: 0 });
  }

  /** @returns the user who is signed in, or null */
  read(headers: IncomingHttpHeaders, now: number = Date.now()): string | null {
    const value = parseCookie(headers.cookie ?? '')[this.name] ?? '';
    const [user = '', expiry = '', signature = '', ...more] = value.split('.');
    const isSigned = this.acceptedKeys.some((key) => isEqual(signature, sign(`${user}.${expiry}`, key)));
    if (more.length > 0 || !isSigned || Number(expiry) * 1000 <= now) {
      return null;
    }
    return Buffer.from(user, 'base64url').toString();
  }

  /** Names the user of a request that `SessionGuard` let through. */
  userOf(headers: IncomingHttpHeaders): string {
    const user = this.read(headers);
    if (user === null) {
      throw new UnauthorizedException();
    }
    return user;
  }
}

/** A separate key derived from each encryption key: one secret to keep, and a rotation does not sign users out at once. */
function sessionKey(entry: string): Buffer {
  return Buffer.from(hkdfSync('sha256', entry.trim(), '', 'powens-demo session cookie v1', KEY_BYTES));
}

function sign(claim: string, key: Buffer | undefined): string {
  if (key === undefined) {
    throw new Error('There is no key to sign sessions with');
  }
  return createHmac('sha256', key).update(claim).digest('base64url');
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function encode(user: string): string {
  return Buffer.from(user).toString('base64url');
}
