import { describe, expect, it } from 'vitest';
import { WebhookAuthorization } from '../../webhooks/authentication/received-webhook.js';
import { clientOf } from './token-request.js';
import type { CapturedRequest } from './webhook-request.js';

const GRANT = 'client_credentials';

function request(body: string, authorization: string | null = null): CapturedRequest {
  return {
    credentials: {
      signature: { signature: undefined, date: undefined },
      authorization: authorization === null ? null : WebhookAuthorization.of(authorization),
    },
    proof: null,
    body: { chunks: [Buffer.from(body)], encoding: 'identity' },
    signedBelow: '/connections/webhooks',
    source: '127.0.0.1',
  };
}

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

describe(clientOf.name, () => {
  it.each([
    ['a form', request(`grant_type=${GRANT}&client_id=a%20b&client_secret=s%2Bt`)],
    ['JSON', request(JSON.stringify({ grant_type: GRANT, client_id: 'a b', client_secret: 's+t' }))],
    ['HTTP Basic', request(`grant_type=${GRANT}`, basic('a+b:s%2Bt'))],
    [
      'HTTP Basic in small letters',
      request(`grant_type=${GRANT}`, basic('a%20b:s%2Bt').replace('Basic', 'basic')),
    ],
  ])('should read %s', (_, captured) => {
    expect(clientOf(captured)).toEqual({ id: 'a b', secret: 's+t', grantType: GRANT });
  });

  it('should keep a colon, and a percent sign that encodes nothing, of a secret in HTTP Basic', () => {
    expect(clientOf(request('', basic('a:s:t'))).secret).toBe('s:t');
    expect(clientOf(request('', basic('a:100%'))).secret).toBe('100%');
  });

  it('should take a client id that is a number', () => {
    expect(clientOf(request('{"client_id": 20000001}')).id).toBe('20000001');
  });

  it.each([
    '',
    '{',
    '[]',
    '{"client_id": {"a": 1}}',
    '{"__proto__": {"client_id": "x"}}',
    'null',
    'client_id[]=x',
    '=&=&&',
  ])('should find nobody in %j', (body) => {
    expect(clientOf(request(body))).toEqual({ id: '', secret: '', grantType: '' });
  });

  it.each(['Basic', 'Basic ', 'Basic !!', 'Bearer abc', basic('')])('should find nobody in %j', (header) => {
    expect(clientOf(request('', header))).toMatchObject({ id: '', secret: '' });
  });
});
