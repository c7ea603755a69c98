import { describe, expect, it } from 'vitest';
import { unsafeSwitch } from './unsafe-process.js';

describe(unsafeSwitch.name, () => {
  it.each([
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, [], 'NODE_TLS_REJECT_UNAUTHORIZED'],
    [{ NODE_OPTIONS: '--max-old-space-size=512 --insecure-http-parser' }, [], '--insecure-http-parser'],
    [{}, ['--insecure-http-parser'], '--insecure-http-parser'],
    [{ NODE_OPTIONS: '--tls-min-v1.0' }, [], '--tls-min-v1.0'],
    [{}, ['--tls-min-v1.1'], '--tls-min-v1.1'],
  ])('should name what makes %j with flags %j unsafe [N31]', (env, execArgv, named) => {
    expect(unsafeSwitch({ env, execArgv })).toContain(named);
  });

  it.each([
    [{}, []],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '1' }, []],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '' }, []],
    [{ NODE_OPTIONS: '--tls-min-v1.2' }, ['--enable-source-maps']],
  ])('should have nothing against %j with flags %j', (env, execArgv) => {
    expect(unsafeSwitch({ env, execArgv })).toBeNull();
  });
});
