import { describe, expect, it } from 'vitest';
import { signatureDate, webhookSignature } from './webhook-signature.js';

describe(webhookSignature.name, () => {
  it.each([
    {
      secret: 'wh_7dK2sQmZ1pTgVn4RbXcEoL8uYfAjHi35',
      path: '/powens/webhooks/connection-deleted',
      date: '2026-03-14T09:26:53.589793Z',
      body: '{"id": 1187, "id_user": 412, "id_connector": 40, "state": null, "id_webhook_data": 90211}',
      expected: '2Y2pmcTEQnbnVusjq6b3MJukPdRD3VsS79RhozUIJ6c=',
    },
    {
      secret: 'secret-key',
      path: '/user-created',
      date: '2023-01-01T00:00:00Z',
      body: 'test-body',
      expected: 'mUs6KmQU26Ng7eu5vqm64PHWRy5WN+e6p05QwwVODLo=',
    },
    {
      secret: 'secret-key',
      path: '/v1/webhook-listener',
      date: '2022-06-27T11:08:52.577831Z',
      body: '{"id": 1, "state": "done"}',
      expected: 'D3cVwa3Q2OpUSjfVdrWjBgySupIPrwMZKTNPVmQXq9M=',
    },
  ])('should sign $path as independent implementations do (W03)', ({ secret, body, expected, ...rest }) => {
    const whole = webhookSignature(secret, { method: 'post', ...rest, body: [Buffer.from(body)] });
    expect(whole).toBe(expected);
    const halves = [Buffer.from(body.slice(0, 5)), Buffer.from(body.slice(5))];
    expect(webhookSignature(secret, { method: 'POST', ...rest, body: halves })).toBe(expected);
  });

  it('should date signatures in UTC with microseconds', () => {
    expect(signatureDate(Date.UTC(2026, 2, 14, 9, 26, 53, 589))).toMatch(/^2026-03-14T09:26:53\.589\d{3}Z$/);
  });
});
