import axios from 'axios';
import { describe, expect, it } from 'vitest';
import { optionsFor } from './__support__/powens-under-test.js';
import { closeConnections, powensHttpOptions } from './powens-http.options.js';

describe(powensHttpOptions.name, () => {
  it('should print neither headers nor body of an axios error', async () => {
    const instance = axios.create(powensHttpOptions(optionsFor('http://127.0.0.1:4000')));
    const call = instance.post('http://other.test/x', 'secret-body', {
      headers: { authorization: 'Bearer secret-token' },
    });
    const error: unknown = await call.catch((reason: unknown) => reason);
    expect(JSON.stringify(error)).toContain('another origin');
    expect(JSON.stringify(error)).not.toContain('secret-');
    await closeConnections(instance);
  });
});
