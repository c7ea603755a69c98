import { Logger } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../../../test/helpers/until.js';
import { ConnectionsError } from '../../errors/index.js';
import type { AuditHook, AuditEntry } from '../../options/audit.interface.js';
import type { AuditTrail } from '../../custody/audit/audit-trail.service.js';
import { TokenAudit } from './token-audit.service.js';

const OWNER = { id: 'alice', tenant: 'acme' };

const withHook = (audit: AuditHook | null): TokenAudit =>
  new TokenAudit({ instance: 'default', audit }, { add: () => undefined } as unknown as AuditTrail);

describe(TokenAudit.name, () => {
  it('should record who used a token, for what, and how it ended', async () => {
    const recorded: AuditEntry[] = [];
    const audit = withHook((use) => {
      recorded.push(use);
    });
    const boom = new TypeError('secret-in-a-message');
    expect(await audit.record(OWNER, 'GET /users/me', () => 5)).toBe(5);
    const busy = async (): Promise<never> => {
      throw new ConnectionsError('busy', 'x');
    };
    await expect(audit.record(OWNER, 'report', busy)).rejects.toMatchObject({ code: 'busy' });
    await expect(audit.record(OWNER, 'report', () => Promise.reject(boom))).rejects.toBe(boom);
    const use = {
      at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      ownerId: 'alice',
      tenant: 'acme',
      actor: null,
      instance: 'default',
      initiator: 'application',
      connectionId: null,
    };
    expect(recorded).toEqual([
      { ...use, operation: 'GET /users/me', outcome: 'ok' },
      { ...use, operation: 'report', outcome: 'busy' },
      { ...use, operation: 'report', outcome: 'internal_error' },
    ]);
  });

  it.each<[string, AuditHook]>([
    [
      'throws',
      () => {
        throw new RangeError('full');
      },
    ],
    ['rejects', async () => Promise.reject(new RangeError('full'))],
  ])('should log a hook that %s, and go on', async (_, hook) => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    expect(await withHook(hook).record(OWNER, 'report', () => 5)).toBe(5);
    await eventually(() => expect(logged).toHaveBeenCalledOnce());
    expect(logged.mock.calls[0]?.[0]).toMatch(/^The audit hook failed \(RangeError\) for report of /);
  });

  it('should not wait for a hook that never ends, nor need one', async () => {
    expect(await withHook(() => new Promise(() => undefined)).record(OWNER, 'report', () => 5)).toBe(5);
    expect(await withHook(null).record(OWNER, 'report', () => 5)).toBe(5);
  });
});
