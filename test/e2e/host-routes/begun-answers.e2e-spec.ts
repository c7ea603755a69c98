import type { ServerResponse } from 'node:http';
import { Controller, Get, Res, UseFilters, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ConnectionsExceptionFilter } from 'nestjs-powens-connections';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../helpers/upstream/upstream.js';

type AdapterResponse = ServerResponse | { readonly raw: ServerResponse };

@Controller('files')
@UseFilters(ConnectionsExceptionFilter)
class FilesController {
  /** As a route that hands on a file, which Powens cuts. */
  @Get('cut')
  async cut(@Res() response: AdapterResponse): Promise<void> {
    const raw = 'raw' in response ? response.raw : response;
    raw.setHeader('content-type', 'application/pdf');
    raw.write('%PDF');
    await Promise.reject(new Error('the file was cut'));
  }

  @Get('whole')
  async whole(@Res() response: AdapterResponse): Promise<void> {
    ('raw' in response ? response.raw : response).end('%PDF');
    await Promise.reject(new Error('after the file'));
  }
}

describe.each([
  ['express', () => new ExpressAdapter()],
  ['fastify', () => new FastifyAdapter()],
])("an answer that a route of the application's own began, on %s", (_adapter, adapter) => {
  let app: INestApplication;
  let lines: string[];

  beforeEach(async () => {
    lines = [];
    const built = await Test.createTestingModule({ controllers: [FilesController] }).compile();
    app = built.createNestApplication(adapter());
    const write = (...line: unknown[]): void => {
      lines.push(line.join(' '));
    };
    app.useLogger({ log: () => undefined, warn: write, error: write });
    await app.listen(0, '127.0.0.1');
  });

  afterEach(async () => {
    await app.close();
  });

  const get = async (path: string): Promise<string> => {
    const answer = await fetch(`${await app.getUrl()}/files/${path}`, { signal: AbortSignal.timeout(2000) });
    return answer.text();
  };

  it('should be broken off when the route fails: its reader neither waits nor takes it for whole', async () => {
    expect(await failureOf(get('cut'))).toMatchObject({ name: 'TypeError' });
    expect(lines.join('\n')).toContain('the file was cut');
  });

  it('should stay when it is whole, and the failure be logged', async () => {
    expect(await get('whole')).toBe('%PDF');
    expect(lines.join('\n')).toContain('after the file');
  });
});
