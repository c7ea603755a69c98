import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PowensApiError } from '../../errors/powens-api.error.js';
import { Credential } from '../../values/secrets/credential.js';
import { SECRETS, TOKEN } from '../__support__/powens-under-test.js';
import { UnexpectedShapeError } from '../wire-values.js';
import { toAnswer, toChallenge, toConsent, toCreate, toResume } from './custom.calls.js';
import { parsePending, parseBankUrl } from './custom.parsers.js';

const UUID = '338178e6-3d01-564f-9a7b-52ca442459bf';
const GIVEN = new Map([
  ['login', Credential.of('jane')],
  ['password', Credential.of('p"4\\ß')],
]);
const EXPAND = 'expand=connector,sources';

describe('the calls of the dialogue', () => {
  it('should carry credentials in the body, and show them nowhere', () => {
    const call = toCreate(TOKEN, UUID, GIVEN);
    expect(call).toMatchObject({
      method: 'POST',
      idempotent: false,
      path: `/users/me/connections?${EXPAND}`,
    });
    expect(JSON.parse(call.body?.() ?? '')).toEqual({
      connector_uuid: UUID,
      login: 'jane',
      password: 'p"4\\ß',
    });
    const printed = inspect(call, { depth: 9, showHidden: true }) + JSON.stringify(call);
    for (const secret of ['jane', 'p"4', SECRETS.token]) {
      expect(printed).not.toContain(secret);
    }
    expect(call.secrets.map((secret) => secret.use((clear) => clear))).toEqual([
      SECRETS.token,
      'jane',
      'p"4\\ß',
    ]);
  });

  it('should not let a field replace the connector', () => {
    const body = toCreate(TOKEN, UUID, new Map([['connector_uuid', Credential.of('other')]])).body?.() ?? '';
    expect(JSON.parse(body)).toEqual({ connector_uuid: UUID });
  });

  it.each([
    [toAnswer(TOKEN, '7', GIVEN), 'POST', `/users/me/connections/7?${EXPAND}`, false],
    [toResume(TOKEN, '7'), 'POST', `/users/me/connections/7?background=true&${EXPAND}`, false],
    [toChallenge(TOKEN, '7'), 'POST', `/users/me/connections/7?${EXPAND}`, false],
    [toConsent(TOKEN, '7', ['8', '9']), 'PUT', '/users/me/connections/7/accounts/8,9?all', true],
  ])('should be sent as documented: %#', (call, method, path, idempotent) => {
    expect(call).toMatchObject({ method, path, idempotent });
  });

  it.each(['', '0', '../1', 'me', '1?x'])('should go to no connection %j', (id) => {
    expect(() => toResume(TOKEN, id)).toThrow(PowensApiError);
    expect(() => toConsent(TOKEN, id, ['1'])).toThrow(PowensApiError);
  });
});

describe(parsePending.name, () => {
  it('should read what is asked for, and leave the message out', () => {
    const asking = parsePending({
      id: 1187,
      state: 'additionalInformationNeeded',
      error_message: 'Redirecting to https://bank.example.test/oauth?state=secret',
      fields: [
        { name: 'otp', type: 'text', label: 'Code', required: true, regex: '^[0-9]{6}$', values: null },
        {
          name: 'website',
          type: 'list',
          values: [{ label: 'Pro', value: 'pro' }, 'par', { label: 'x' }, null],
        },
      ],
    });
    expect(asking).toMatchObject({ id: '1187', state: 'additionalInformationNeeded' });
    expect(asking.fields).toEqual([
      { name: 'otp', label: 'Code', type: 'text', isRequired: true, regex: '^[0-9]{6}$', values: [] },
      {
        name: 'website',
        label: null,
        type: 'list',
        isRequired: true,
        regex: null,
        values: [
          { label: 'Pro', value: 'pro' },
          { label: null, value: 'par' },
        ],
      },
    ]);
    expect(JSON.stringify(asking)).not.toContain('bank.example.test');
  });

  it('should do without fields, and refuse one without a name', () => {
    expect(parsePending({ id: 1, fields: null }).fields).toEqual([]);
    expect(() => parsePending({ id: 1, fields: [{ label: 'x' }] })).toThrow(UnexpectedShapeError);
  });
});

describe(parseBankUrl.name, () => {
  it.each([
    ['https://bank.example.test/oauth?state=k1', false],
    ['https://bank.example.test/oauth?state=k1', true],
    ['http://127.0.0.1:4000/bank?x', true],
    ['http://localhost:4000/bank', true],
  ])('should take %s (loopback: %s)', (url, allowLoopback) => {
    expect(parseBankUrl({ url }, allowLoopback)).toBe(url);
  });

  it.each([
    ['http://bank.example.test/oauth', true],
    ['http://127.0.0.1:4000/bank', false],
    ['http://127.0.0.1.evil.example/', true],
    ['javascript:alert(1)', true],
    ['data:text/html,x', true],
    ['//bank.example.test', true],
    ['https://user:pass@bank.example.test/', false],
    ['Redirecting to https://bank.example.test', false],
    [`https://bank.example.test/${'a'.repeat(9000)}`, false],
    ['', false],
    [null, false],
    [5, true],
  ])('should refuse %s (loopback: %s)', (url, allowLoopback) => {
    expect(() => parseBankUrl({ url }, allowLoopback)).toThrow(UnexpectedShapeError);
  });
});
