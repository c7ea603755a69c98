import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionsError } from '../../errors/connections.error.js';
import { UnexpectedShapeError } from '../wire-values.js';
import { ApiPath } from './api-path.js';

const ROOT = 'https://acme-sandbox.biapi.pro/2.0';
const FROM = ApiPath.of('/users/me/transactions', { limit: 2 });

describe(ApiPath.of.name, () => {
  it.each([
    ['/users/me/accounts', {}, '/users/me/accounts', '/users/me/accounts'],
    ['users/me/profiles', {}, '/users/me/profiles', '/users/me/profiles'],
    [
      '/users/me/accounts/5301,5302',
      { all: '' },
      '/users/me/accounts/5301,5302?all',
      '/users/me/accounts/{id}',
    ],
    ['/a', { b: 'c&d=e f#', n: 1, t: true, u: undefined }, '/a?b=c%26d%3De%20f%23&n=1&t=true', '/a'],
    ['/a', { 'x y': '=' }, '/a?x%20y=%3D', '/a'],
  ])('should make of %s and %j the path %s', (path, query, sent, operation) => {
    expect({ ...ApiPath.of(path, query) }).toEqual({ sent, operation });
  });

  it.each([
    '',
    '/',
    '//evil.example',
    '//evil.example/users',
    'https://evil.example/users',
    'https:/evil.example',
    '/users/../clients',
    '/users/./me',
    '/..',
    '/%2e%2e/clients',
    '/users%2fme',
    '/\\evil.example',
    '/users\\..\\clients',
    '/users/me?all',
    '/users/me#x',
    '/users/me/',
    '/users//me',
    '/@evil.example',
    '/users/me\n',
    '/ users',
    '/usérs',
    '/auth/token/code',
    'AUTH/token',
    `/${'a'.repeat(201)}`,
    '/a'.repeat(21),
    undefined,
    null,
    5,
    ['/users'],
  ])('should refuse %j', (path) => {
    expect(() => ApiPath.of(path as string)).toThrow(ConnectionsError);
  });

  it('should refuse a query parameter without a name', () => {
    expect(() => ApiPath.of('/users', { '': '' })).toThrow(ConnectionsError);
  });

  it('should never leave the root, whatever is named', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.dictionary(fc.string(), fc.string()), (path, query) => {
        let made: ApiPath;
        try {
          made = ApiPath.of(path, query);
        } catch {
          return;
        }
        const url = new URL(ROOT + made.sent);
        expect(url.href.startsWith(`${ROOT}/`)).toBe(true);
        expect(Object.fromEntries(url.searchParams)).toEqual({ ...query });
      }),
    );
  });
});

describe('parameters of a path', () => {
  it.each([
    ['/a', {}, '/a?offset=5'],
    ['/a', { limit: 2, all: '' }, '/a?limit=2&all&offset=5'],
    ['/a', { offset: 1, min_date: '2026' }, '/a?min_date=2026&offset=5'],
  ])('should name the page of %s and %j from an item on', (path, query, sent) => {
    expect(ApiPath.of(path, query).atOffset(5).sent).toBe(sent);
  });

  it('should be read as whole numbers', () => {
    const path = ApiPath.of('/a', { limit: 20, offset: '-1', name: 'x', all: '' });
    expect(['limit', 'offset', 'name', 'all', 'none'].map((name) => path.integer(name))).toEqual([
      ...[20, null, null, null, null],
    ]);
  });
});

describe(ApiPath.ofLink.name, () => {
  it.each([
    [`${ROOT}/users/me/transactions?limit=2&offset=2`, '/users/me/transactions?limit=2&offset=2'],
    ['/2.0/users/me/transactions?limit=2&offset=2', '/users/me/transactions?limit=2&offset=2'],
    ['?limit=2&offset=2', '/users/me/transactions?limit=2&offset=2'],
    ['', FROM.sent],
    [`${ROOT}/users/7/accounts?cursor=a%2Bb%3D`, '/users/7/accounts?cursor=a%2Bb%3D'],
    ['https://ACME-sandbox.biapi.pro:443/2.0/users/me/transactions?a#b', '/users/me/transactions?a'],
    ['/2.0/users/me/transactions?expand=a%2Cb&offset=2', '/users/me/transactions?expand=a%2Cb&offset=2'],
    ['/2.0/users/me/transactions?expand=a,b[c]', '/users/me/transactions?expand=a,b[c]'],
    ['/2.0/users/me/transactions/?offset=2', '/users/me/transactions/?offset=2'],
    [`${ROOT}/users/me/transactions/`, '/users/me/transactions/'],
    ['/2.0/users/me/accounts/1%2C2/transactions', '/users/me/accounts/1%2C2/transactions'],
    ['/2.0/users/me/accounts/1%2c2/?offset=2', '/users/me/accounts/1%2c2/?offset=2'],
  ])('should follow %s', (href, sent) => {
    expect(ApiPath.ofLink(ROOT, href, FROM).sent).toBe(sent);
  });

  it.each([
    'https://evil.example/2.0/users/me/transactions?offset=2',
    '//evil.example/2.0/users/me/transactions',
    '\\\\evil.example\\2.0\\users',
    'http://acme-sandbox.biapi.pro/2.0/users/me/transactions',
    'https://acme-sandbox.biapi.pro:8443/2.0/users/me/transactions',
    'https://acme-sandbox.biapi.pro.evil.example/2.0/users',
    'https://acme-sandbox.biapi.pro@evil.example/2.0/users',
    'https://user:pass@acme-sandbox.biapi.pro/2.0/users/me',
    'javascript:alert(1)',
    'data:application/json,{}',
    'file:///2.0/users',
    '/users/me/transactions?offset=2',
    '/2.0',
    '/2.0/',
    '/2.0//',
    '/2.0/users//',
    '/2.0//auth/token',
    '/2.0/../admin',
    '/2.0/users/../../admin/',
    '/2.0/auth/',
    '/2.0/auth/token/',
    '/2.0/%2C%2e%2e/admin',
    '/2.0/users/%252C',
    '/2.0/users/%2C%2F',
    '/2.0/%2e%2e/admin',
    '/2.0/auth/token/code',
    '/2.0/users%2fme',
    'https://',
    5,
    true,
    {},
    [],
  ])('should refuse %j', (href) => {
    expect(() => ApiPath.ofLink(ROOT, href, FROM)).toThrow(UnexpectedShapeError);
  });

  it('should name what is read as if it had no slash at its end', () => {
    expect(ApiPath.ofLink(ROOT, '/2.0/users/me/accounts/1%2C2/?a', FROM).operation).toBe(
      '/users/me/accounts/{id}',
    );
    expect(ApiPath.ofLink(ROOT, '/2.0/users/me/accounts/1/?a', FROM).atOffset(5).sent).toBe(
      '/users/me/accounts/1/?a&offset=5',
    );
  });

  it('should work below a root without a path', () => {
    expect(ApiPath.ofLink('https://api.example', '/users/me?x=1', FROM).sent).toBe('/users/me?x=1');
  });

  it.each([
    [`${ROOT}/users/me/transactions?limit=2&offset=2`, '/users/me/transactions?limit=2&offset=2'],
    ['/2.0/users/me/transactions?offset=2', '/users/me/transactions?offset=2'],
    ['https://gateway.example/powens/users/me/transactions?a', '/users/me/transactions?a'],
    ['?offset=2', '/users/me/transactions?offset=2'],
  ])('should read what Powens links to by its own name at the gateway before it: %s', (href, sent) => {
    expect(ApiPath.ofLink('https://gateway.example/powens', href, FROM, ROOT).sent).toBe(sent);
  });

  it('should never take the token to another host', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string(), fc.webPath()), (href) => {
        try {
          const url = new URL(ROOT + ApiPath.ofLink(ROOT, href, FROM).sent);
          expect(url.origin).toBe(new URL(ROOT).origin);
        } catch (error) {
          expect(error).toBeInstanceOf(UnexpectedShapeError);
        }
      }),
    );
  });
});
