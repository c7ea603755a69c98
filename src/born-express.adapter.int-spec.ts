import { IncomingMessage, ServerResponse, type Server } from 'node:http';
import {
  Body,
  Controller,
  Get,
  Header,
  Module,
  Param,
  Post,
  Query,
  Redirect,
  Req,
  Res,
  type INestApplication,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import request from 'supertest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BornExpressAdapter } from './born-express.adapter.js';

/** What Express adds to a request and a response, as far as the routes below use it. */
interface ExpressRequest extends IncomingMessage {
  readonly app: { readonly request: object };
  readonly protocol: string;
  readonly hostname: string;
  readonly path: string;
  get(name: string): string | undefined;
  is(type: string): string | false;
}
interface ExpressResponse extends ServerResponse {
  readonly app: { readonly response: object };
  cookie(name: string, value: string): this;
  status(status: number): this;
  json(body: unknown): this;
}

@Controller()
class EverythingController {
  @Get('request/:id')
  @Header('x-own', '1')
  request(@Req() req: ExpressRequest, @Param('id') id: string, @Query('a') a: unknown): object {
    const { protocol, hostname, path } = req;
    const isRequest = req instanceof IncomingMessage && Object.getPrototypeOf(req) === req.app.request;
    return { id, a, protocol, hostname, path, accept: req.get('accept'), isRequest };
  }

  @Post('body')
  body(@Body() body: unknown, @Req() req: ExpressRequest): object {
    return { body, isJson: req.is('json') };
  }

  @Get('response')
  response(@Res() res: ExpressResponse): void {
    const isResponse = res instanceof ServerResponse && Object.getPrototypeOf(res) === res.app.response;
    res.status(202).cookie('a', 'b').json({ isResponse });
  }

  @Get('redirect')
  @Redirect('/elsewhere', 303)
  redirect(): void {
    // The decorator says it all.
  }

  @Get('fails')
  fails(): void {
    throw new Error('fails');
  }
}

@Module({ controllers: [EverythingController] })
class EverythingModule {}

async function start(adapter: ExpressAdapter): Promise<INestApplication> {
  const app = await NestFactory.create(EverythingModule, adapter, { logger: false });
  return app.init();
}

async function answersOf(app: INestApplication): Promise<object[]> {
  const agent = request(app.getHttpServer() as Parameters<typeof request>[0]);
  const asked = [
    agent.get('/request/1?a=1&a=2').set('accept', 'x/y').set('host', 'example.com'),
    agent.post('/body').send({ some: 'body' }),
    agent.post('/body').set('content-type', 'application/json').send('{'),
    agent.get('/response'),
    agent.get('/redirect'),
    agent.get('/fails'),
    agent.get('/not/there'),
    agent.head('/request/1'),
    agent.options('/request/1'),
  ];
  const answers = await Promise.all(asked);
  return answers.map(({ status, text, headers }) => ({ status, text, headers: { ...headers, date: '' } }));
}

describe(BornExpressAdapter.name, () => {
  let app: INestApplication | undefined;

  afterEach(() => app?.close());

  it('should answer exactly as the adapter of Nest does', async () => {
    const usual = await start(new ExpressAdapter());
    const expected = await answersOf(usual);
    await usual.close();

    app = await start(new BornExpressAdapter());

    expect(await answersOf(app)).toEqual(expected);
    expect(expected[0]).toMatchObject({ text: expect.stringContaining('"isRequest":true') as string });
  });

  it.each([
    { adapter: new BornExpressAdapter(), isBorn: true },
    { adapter: new ExpressAdapter(), isBorn: false },
  ])('should give Express requests that need no change: $isBorn', async ({ adapter, isBorn }) => {
    app = await start(adapter);
    const express = adapter.getInstance<{ request: object; response: object }>();
    const seen = vi.fn();
    (app.getHttpServer() as Server).prependListener('request', (req, res) => {
      seen(Object.getPrototypeOf(req) === express.request, Object.getPrototypeOf(res) === express.response);
    });

    await answersOf(app);

    expect(seen).toHaveBeenCalledTimes(9);
    expect(seen.mock.calls.flat().every((found) => found === isBorn)).toBe(true);
  });

  it('should leave a server with TLS, or with connections to count, as Nest makes it', () => {
    const adapter = new BornExpressAdapter();
    adapter.initHttpServer({ forceCloseConnections: true });
    const { request: prototype } = adapter.getInstance<{ request: object }>();

    expect(Object.hasOwn(prototype, 'app')).toBe(true);
  });
});
