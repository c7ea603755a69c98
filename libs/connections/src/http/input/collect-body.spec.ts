import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ConnectionsError } from '../../errors/index.js';
import { collectBody } from './collect-body.js';

const held: number[] = [];
const limit = {
  maxBytes: 10,
  timeoutMs: 60_000,
  hold: (bytes: number): null => {
    held.push(bytes);
    return null;
  },
};

function writing(...parts: readonly string[]): PassThrough {
  const stream = new PassThrough();
  for (const part of parts) stream.write(part);
  return stream;
}

describe(collectBody.name, () => {
  it('should give the chunks in order, the very bytes', async () => {
    const body = writing('ab', 'c').end('\u00e9');
    expect(Buffer.concat(await collectBody(body, limit)).toString()).toBe('abcé');
  });

  it('should take exactly as many bytes as are allowed, and not one more [W09, WH-05]', async () => {
    expect(await collectBody(writing('0123456789').end(), limit)).toHaveLength(1);
    await expect(collectBody(writing('0123456789', 'x').end(), limit)).rejects.toMatchObject({
      code: 'webhook_too_large',
    });
  });

  it('should hold nothing, and read nothing more, of what is too large [W09]', async () => {
    held.length = 0;
    const body = writing('01234567890');
    await expect(collectBody(body, limit)).rejects.toMatchObject({ code: 'webhook_too_large' });
    expect(held).toEqual([]);
    expect(body.isPaused()).toBe(true);
    expect(body.listenerCount('data')).toBe(0);
  });

  it('should give up as soon as there is no room [W09]', async () => {
    const body = writing('01');
    const hold = (): ConnectionsError => new ConnectionsError('busy', 'no room');
    await expect(collectBody(body, { maxBytes: 10, timeoutMs: 60_000, hold })).rejects.toMatchObject({
      code: 'busy',
    });
    expect(body.isPaused()).toBe(true);
  });

  it.each<[string, (body: PassThrough) => void]>([
    ['destroyed', (body) => body.destroy()],
    ['broken', (body) => body.destroy(new Error('ECONNRESET'))],
  ])('should tell of a body that is %s before its end [W09]', async (_, breaks) => {
    const body = writing('01');
    const collected = collectBody(body, limit);
    breaks(body);
    await expect(collected).rejects.toMatchObject({ code: 'webhook_unreadable' });
  });

  it('should not fail when the sender breaks off after it was refused', async () => {
    const body = writing('01234567890');
    await expect(collectBody(body, limit)).rejects.toMatchObject({ code: 'webhook_too_large' });
    body.destroy(new Error('EPIPE'));
    await new Promise((resolve) => body.once('close', resolve));
  });

  it('should give up when the time is over, however the body drips [WH-05]', async () => {
    const body = writing('01');
    const collected = collectBody(body, { ...limit, timeoutMs: 1 });
    await expect(collected).rejects.toMatchObject({ code: 'webhook_timeout' });
    expect(body.isPaused()).toBe(true);
    expect(body.listenerCount('data')).toBe(0);
  });

  it('should give its room up with the reason of the signal, and hear it no more after that', async () => {
    const [body, stop] = [writing('01'), new AbortController()];
    const collected = collectBody(body, { ...limit, signal: stop.signal });
    stop.abort(new ConnectionsError('busy', 'no room'));
    await expect(collected).rejects.toMatchObject({ code: 'busy' });
    expect(body.isPaused()).toBe(true);

    const whole = writing('01').end();
    const later = new AbortController();
    expect(await collectBody(whole, { ...limit, signal: later.signal })).toHaveLength(1);
    later.abort(new Error('too late'));
    expect(whole.isPaused()).toBe(false);
  });

  it('should need nobody who counts what it holds', async () => {
    expect(await collectBody(writing('01').end(), { maxBytes: 10, timeoutMs: 60_000 })).toHaveLength(1);
  });

  it('should count every chunk before it is held', async () => {
    held.length = 0;
    await collectBody(writing('012', '3456').end(), limit);
    expect(held).toEqual([3, 4]);
  });
});
