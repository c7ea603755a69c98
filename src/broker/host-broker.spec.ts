import { describe, expect, it } from 'vitest';
import { withDriver } from './host-broker.js';

describe(withDriver.name, () => {
  it('should say what to install when the client of the broker is missing', async () => {
    const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    await expect(withDriver('a and b', () => Promise.reject(missing))).rejects.toThrow(
      'BROKER_URL needs a and b: run `npm install a b`.',
    );
  });

  it('should leave other errors as they are', async () => {
    await expect(withDriver('a', () => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
  });
});
