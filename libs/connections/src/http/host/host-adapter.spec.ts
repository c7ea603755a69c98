import { HttpAdapterHost, type AbstractHttpAdapter } from '@nestjs/core';
import { describe, expect, it, vi } from 'vitest';
import { whenAdapted } from './host-adapter.js';

/** As Nest 11.0.0 to 11.1.3 have it: accessors, and no signal. test/matrix/ runs the real one. */
class FormerHttpAdapterHost extends HttpAdapterHost {
  override get init$(): never {
    return undefined as never;
  }
}

const adapter = { getType: () => 'express' } as AbstractHttpAdapter;
const another = { getType: () => 'fastify' } as AbstractHttpAdapter;

describe.each([
  ['with a signal', () => new HttpAdapterHost()],
  ['without a signal', () => new FormerHttpAdapterHost()],
])('whenAdapted of a Nest %s', (_, create) => {
  it('should run a step at once when there is an adapter', () => {
    const host = create();
    const step = vi.fn();
    host.httpAdapter = adapter;
    whenAdapted(host, step);
    expect(step.mock.calls).toEqual([[adapter]]);
  });

  it('should run every step when the adapter is assigned later', () => {
    const host = create();
    const steps = [vi.fn(), vi.fn(), vi.fn()];
    steps.forEach((step) => {
      whenAdapted(host, step);
    });
    steps.forEach((step) => {
      expect(step).not.toHaveBeenCalled();
    });
    host.httpAdapter = adapter;
    expect(steps.map((step) => step.mock.calls)).toEqual([[[adapter]], [[adapter]], [[adapter]]]);
    expect(host.httpAdapter).toBe(adapter);
  });

  it('should never run a step without an adapter, and leave other hosts alone', () => {
    const host = create();
    const step = vi.fn();
    whenAdapted(host, step);
    host.httpAdapter = null as never;
    create().httpAdapter = another;
    expect(step).not.toHaveBeenCalled();
  });
});
