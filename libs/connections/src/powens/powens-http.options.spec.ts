import http from 'node:http';
import https from 'node:https';
import axios from 'axios';
import { describe, expect, it } from 'vitest';
import { optionsFor } from './__support__/powens-under-test.js';
import { powensHttpOptions } from './powens-http.options.js';

describe(powensHttpOptions.name, () => {
  it('should keep another adapter safe as well', () => {
    expect(powensHttpOptions(optionsFor('https://acme.biapi.pro'))).toMatchObject({
      maxRedirects: 0,
      proxy: false,
      decompress: false,
      maxContentLength: 65_536,
      timeout: 900_000,
      responseType: 'text',
    });
  });

  it('should give the agent of the scheme', () => {
    const secure = powensHttpOptions(optionsFor('https://acme.biapi.pro'));
    expect(secure.httpsAgent).toBeInstanceOf(https.Agent);
    expect(secure.httpAgent).toBeUndefined();
    const plain = powensHttpOptions(optionsFor('http://127.0.0.1:4000', { maxSockets: 7 }));
    expect(plain.httpAgent).toBeInstanceOf(http.Agent);
    expect(plain.httpAgent).toMatchObject({ keepAlive: true, maxSockets: 7, scheduling: 'lifo' });
  });

  it('should print neither headers nor body of an axios error', async () => {
    const instance = axios.create(powensHttpOptions(optionsFor('http://127.0.0.1:4000')));
    const call = instance.post('http://other.test/x', 'secret-body', {
      headers: { authorization: 'Bearer secret-token' },
    });
    const error: unknown = await call.catch((reason: unknown) => reason);
    expect(JSON.stringify(error)).toContain('another origin');
    expect(JSON.stringify(error)).not.toContain('secret-');
  });
});
