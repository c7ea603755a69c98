import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { publicOrigin } from './public-origin.middleware.js';

/** @returns where the request is sent, or null when it goes on */
function sentTo(publicUrl: string, host: string | undefined, url = '/docs', method = 'GET'): string | null {
  const response = { writeHead: vi.fn().mockReturnThis(), end: vi.fn() };
  const next = vi.fn();
  const request = { method, url, headers: { host } } as unknown as IncomingMessage;
  publicOrigin(publicUrl)(request, response as unknown as ServerResponse, next);
  const headers = response.writeHead.mock.calls[0]?.[1] as { Location: string } | undefined;
  expect(next).toHaveBeenCalledTimes(headers === undefined ? 1 : 0);
  return headers?.Location ?? null;
}

describe(publicOrigin.name, () => {
  it.each(['127.0.0.1:3000', '[::1]:3000', '127.0.0.2:3000'])('should lead %s to the public URL', (host) => {
    expect(sentTo('http://localhost:3000', host)).toBe('http://localhost:3000/docs');
  });

  it('should lead localhost to a public URL that is an address', () => {
    expect(sentTo('http://127.0.0.1:3000', 'localhost:3000', '/?x=1')).toBe('http://127.0.0.1:3000/');
  });

  it.each([
    ['the public name', 'localhost:3000'],
    ['a request without a host', undefined],
    ['another port, as behind a proxy', '127.0.0.1:8080'],
    ['another machine', 'app.example.com:3000'],
    ['a host that is none', 'a b'],
  ])('should leave %s alone', (_, host) => {
    expect(sentTo('http://localhost:3000', host)).toBeNull();
  });

  it('should never lead anywhere when the public URL is another machine, or a proxy would loop', () => {
    expect(sentTo('https://app.example.com', '127.0.0.1:3000')).toBeNull();
  });

  it('should leave all but the pages of a person alone', () => {
    expect(sentTo('http://localhost:3000', '127.0.0.1:3000', '/session')).toBeNull();
    expect(sentTo('http://localhost:3000', '127.0.0.1:3000', '/docs', 'POST')).toBeNull();
  });
});
