import { describe, expect, it } from 'vitest';
import { ConnectionsError } from '../../errors/index.js';
import { credentialsOf } from './custom-credentials.js';
import { nextOf } from './custom-step.js';

describe(nextOf.name, () => {
  it.each([
    [null, 'done'],
    ['additionalInformationNeeded', 'answer'],
    ['wrongpass', 'answer'],
    ['SCARequired', 'confirm'],
    ['decoupled', 'confirm'],
    ['webauthRequired', 'redirect'],
    ['validating', 'wait'],
    ['rateLimiting', 'wait'],
    ['websiteUnavailable', 'wait'],
    ['bug', 'wait'],
    ['actionNeeded', 'stop'],
    ['passwordExpired', 'stop'],
    ['notSupported', 'stop'],
    ['someFutureState', 'stop'],
    ['constructor', 'stop'],
  ])('should follow %s by %s', (state, next) => {
    expect(nextOf(state)).toBe(next);
  });
});

describe(credentialsOf.name, () => {
  it('should wrap every value', () => {
    const credentials = credentialsOf({ login: 'jane', 'open.id': '' });
    expect([...credentials.keys()]).toEqual(['login', 'open.id']);
    expect(String(credentials.get('login'))).toBe('[redacted]');
    expect(credentials.get('login')?.use((clear) => clear)).toBe('jane');
  });

  it.each([
    { connector_uuid: 'x' },
    { resume: 'true' },
    { refresh_auth: 'true' },
    { active: 'false' },
    { '': 'x' },
    { 'a b': 'x' },
    { __proto__x: 'x' },
    { login: 5 as unknown as string },
    { login: null as unknown as string },
    { login: 'not-to-be-told'.repeat(300) },
    Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`f${index}`, 'x'])),
  ])('should refuse %j, and tell no value', (fields) => {
    const refuse = (): unknown => credentialsOf(fields);
    expect(refuse).toThrow(ConnectionsError);
    expect(refuse).not.toThrow(/not-to-be-told/);
  });
});
