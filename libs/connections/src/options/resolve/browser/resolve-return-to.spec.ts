import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../errors/index.js';
import type { ResolvedOptions } from '../resolved-options.js';
import { returnToOption } from './resolve-return-to.js';

const read = (targets: unknown, insecureLoopback = false): ResolvedOptions['returnTo']['targets'] =>
  returnToOption({}, { insecureLoopback }).read({ targets }, 'returnTo').targets;

describe('returnTo.targets', () => {
  it('should be completed by the callback unless they say otherwise', () => {
    const url = 'https://app.example.com/banks';
    expect(read({ one: url, two: { url }, three: { url: `${url}?a=1`, complete: 'confirm' } })).toEqual({
      one: { url, complete: 'callback', display: 'page' },
      two: { url, complete: 'callback', display: 'page' },
      three: { url: `${url}?a=1`, complete: 'confirm', display: 'page' },
    });
  });

  it.each([
    'com.example.app:/banks',
    'com.example.app:/banks?from=bank&x=%20',
    'com.example.app://connections/banks',
    'com.example.my-app:/',
  ])('should lead to %s of an application that completes by itself', (url) => {
    expect(read({ app: { url, complete: 'confirm' } })['app']).toEqual({
      url,
      complete: 'confirm',
      display: 'page',
    });
    expect(() => read({ app: { url } })).toThrow('returnTo.targets.app.url');
    expect(() => read({ app: url })).toThrow('returnTo.targets.app');
  });

  it.each([
    ...[
      'javascript:/alert(1)',
      'data:/text',
      'app:/banks',
      'http://app.example.com',
      'file:///etc/passwd',
      '',
    ],
    ...[
      'com.example.app:banks',
      'com.example.app:/a#b',
      'com.example.app:/a b',
      'com.example.app:/a"b',
      '/banks',
    ],
    ...[
      'com.example.app:/a\nb',
      'com.example.app:/<b>',
      'com.example.app:/a\\b',
      'COM.EXAMPLE.APP:/é',
      7,
      null,
    ],
  ])('should refuse %j, also where the application completes', (url) => {
    expect(() => read({ app: { url, complete: 'confirm' } })).toThrow(ConfigurationError);
  });

  it.each([{ complete: 'yes' }, { complete: true }])('should refuse %j', (given) => {
    expect(() => read({ app: { url: 'https://a.test/', ...given } })).toThrow(
      'returnTo.targets.app.complete',
    );
  });

  it('should refuse one address that is completed in two ways: an attempt keeps the address alone', () => {
    const url = 'https://app.example.com/banks';
    expect(() => read({ web: url, app: { url, complete: 'confirm' } })).toThrow('returnTo.targets');
  });

  it.each([
    ['popup', 'callback'],
    ['popup', 'confirm'],
    ['frame', 'confirm'],
  ] as const)('should be shown in a %s, with complete: "%s"', (display, complete) => {
    const url = 'https://app.example.com/banks';
    expect(read({ app: { url, complete, display } })['app']).toEqual({ url, complete, display });
  });

  it('should refuse a frame whose attempts need the cookie', () => {
    const url = 'https://app.example.com/banks';
    expect(() => read({ app: { url, display: 'frame' } })).toThrow('returnTo.targets.app.display');
  });

  it.each(['*', 'message', true, ''])('should refuse the display %j', (display) => {
    expect(() => read({ app: { url: 'https://a.test/', display } })).toThrow('returnTo.targets.app.display');
  });

  it.each(['popup', 'frame'])('should post no message to an application by its scheme (%s)', (display) => {
    const url = 'com.example.app:/banks';
    expect(() => read({ app: { url, complete: 'confirm', display } })).toThrow('returnTo.targets.app.url');
  });

  it('should refuse one address that is shown in two ways', () => {
    const url = 'https://app.example.com/banks';
    expect(() => read({ web: url, popup: { url, display: 'popup' } })).toThrow('display: "popup"');
  });
});
