import {
  BadRequestException,
  ForbiddenException,
  Logger,
  NotFoundException,
  type ArgumentsHost,
} from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ProblemFilter } from './problem.filter.js';
import { ProblemException } from './problem.js';

const adapter = { isHeadersSent: vi.fn(), end: vi.fn(), setHeader: vi.fn(), reply: vi.fn() };

function answerTo(error: unknown): Record<string, unknown> {
  const host = { switchToHttp: () => ({ getResponse: () => 'response' }) } as unknown as ArgumentsHost;
  new ProblemFilter({ httpAdapter: adapter } as unknown as HttpAdapterHost).catch(error, host);
  return adapter.reply.mock.calls[0]?.[1] as Record<string, unknown>;
}

describe(ProblemFilter.name, () => {
  beforeEach(() => {
    vi.clearAllMocks();
    adapter.isHeadersSent.mockReturnValue(false);
    vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
  });

  it('should answer problem+json', () => {
    expect(answerTo(new ForbiddenException('No.'))).toEqual({
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
      code: 'forbidden',
      detail: 'No.',
    });
    expect(adapter.setHeader).toHaveBeenCalledWith('response', 'Content-Type', 'application/problem+json');
  });

  it('should keep a code of its own', () => {
    expect(answerTo(new ProblemException(409, 'not_connected', 'No bank.'))).toMatchObject({
      status: 409,
      code: 'not_connected',
    });
  });

  it('should never repeat the URL of a route that is not there', () => {
    const answer = answerTo(new NotFoundException('Cannot GET /nope?code=canary'));

    expect(answer).toMatchObject({ status: 404, code: 'not_found' });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });

  it('should join what a validation pipe found', () => {
    expect(answerTo(new BadRequestException(['a is wrong', 'b is wrong'])).detail).toBe(
      'a is wrong; b is wrong',
    );
  });

  it.each([{ statusCode: 415 }, { status: 413 }])(
    'should take %j of a body parser for a client mistake',
    (error) => {
      expect(answerTo(error).status).toBe(error.statusCode ?? error.status);
    },
  );

  it.each([new Error('canary'), 'canary', null, { status: 200 }, { status: 'canary' }])(
    'should answer 500 to what nobody expected, and neither tell nor log what it says',
    (error) => {
      const answer = answerTo(error);

      expect(answer).toEqual({
        type: 'about:blank',
        title: 'Internal Server Error',
        status: 500,
        code: 'internal_error',
      });
      const logged = vi.mocked(Logger.prototype.error).mock.calls.flat().join();
      expect(logged).toContain('A route');
      expect(logged).not.toContain('canary');
    },
  );

  it('should only end an answer that has begun', () => {
    adapter.isHeadersSent.mockReturnValue(true);
    answerTo(new Error('late'));

    expect(adapter.end).toHaveBeenCalledWith('response');
    expect(adapter.reply).not.toHaveBeenCalled();
  });
});
