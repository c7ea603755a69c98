import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../errors/index.js';
import { crossSiteOption, type ResolvedCrossSite } from './resolve-cross-site.js';

const read = (given?: unknown): ResolvedCrossSite =>
  crossSiteOption({ insecureLoopback: false }).read(given, 'crossSite');

describe('crossSite', () => {
  it('should trust no origin by default, and ask with the page of the library', () => {
    expect(read()).toEqual({ confirmPage: null, trustedOrigins: [] });
    expect(read({})).toEqual({ confirmPage: null, trustedOrigins: [] });
  });

  it('should normalise origins, so that they equal what browsers send', () => {
    const trustedOrigins = ['HTTPS://App.Example.com:443/', 'https://bücher.example'];
    expect(read({ trustedOrigins }).trustedOrigins).toEqual([
      'https://app.example.com',
      'https://xn--bcher-kva.example',
    ]);
  });

  it.each([
    '*',
    'null',
    '',
    1,
    'app.example.com',
    'http://app.example.com',
    'https://app.example.com/path',
    'https://*.example.com/x',
    'https://user@app.example.com',
    'https://app.example.com?x=1',
  ])('should refuse the origin "%s"', (origin) => {
    expect(() => read({ trustedOrigins: [origin] })).toThrow(ConfigurationError);
  });

  it('should refuse a single text in place of a list', () => {
    expect(() => read({ trustedOrigins: 'https://app.example.com' })).toThrow('crossSite.trustedOrigins');
  });

  it.each([
    'https://evil.example/x',
    '//evil.example',
    'banks',
    '/banks?x=1',
    '/banks#x',
    '/\\evil.example',
    1,
  ])('should refuse the page "%s"', (confirmPage) => {
    expect(() => read({ confirmPage })).toThrow('crossSite.confirmPage');
  });
});
