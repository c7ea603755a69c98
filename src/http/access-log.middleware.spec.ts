import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { accessLog } from './access-log.middleware.js';

describe(accessLog.name, () => {
  beforeEach(() => {
    vi.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  });

  function lineOf(request: { url: string; originalUrl?: string }): unknown {
    const response = Object.assign(new EventEmitter(), { statusCode: 303 });
    accessLog(
      { method: 'GET', ...request } as unknown as IncomingMessage,
      response as unknown as ServerResponse,
      () => {
        response.emit('finish');
      },
    );
    return vi.mocked(Logger.prototype.log).mock.calls[0]?.[0];
  }

  it('should tell method, path and status, and never the query', () => {
    expect(lineOf({ url: '/connections/callback?code=canary&state=canary' })).toMatch(
      /^GET \/connections\/callback 303 \d+ ms$/,
    );
  });

  it('should tell what was asked, not what is left of it', () => {
    expect(lineOf({ url: '/?a=canary', originalUrl: '/session?a=canary' })).toMatch(/^GET \/session 303/);
  });

  it('should cut a path that goes on and on', () => {
    expect(String(lineOf({ url: `/${'a'.repeat(10_000)}` })).length).toBeLessThan(250);
  });

  it.each(['/health/live', '/docs', '/docs/swagger-ui.css', '/favicon.ico'])(
    'should say nothing of %s',
    (url) => {
      expect(lineOf({ url })).toBeUndefined();
    },
  );

  it('should tell of a path that only begins like a quiet one', () => {
    expect(lineOf({ url: '/docs-json' })).toBeDefined();
  });
});
