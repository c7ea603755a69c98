import {
  BadRequestException,
  Body,
  Controller,
  HttpStatus,
  Module,
  ParseArrayPipe,
  ParseIntPipe,
  Post,
  ValidationPipe,
  type ArgumentMetadata,
  type INestApplication,
  type PipeTransform,
} from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { ConnectionsModule } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp, type FlowAppOptions } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { start, visitWebview } from '../../helpers/flow/person.js';
import { hmacWebhooks, push } from '../../helpers/webhooks/pushed.js';

const { secret, options } = hmacWebhooks();

class OwnDto {
  name!: string;
}

@Controller('own')
class OwnController {
  @Post()
  take(@Body() body: OwnDto): OwnDto {
    return body;
  }
}

@Module({})
class PipesModule {}

/** Of a host that allows only classes of its own. */
const refusesOtherClasses: PipeTransform = {
  transform: (value: unknown, { metatype }: ArgumentMetadata) => {
    if (metatype !== OwnDto) {
      throw new BadRequestException('of another class');
    }
    return value;
  },
};

const replacesEverything: PipeTransform = { transform: () => ({ lang: 'nl', limit: 1 }) };

/** What hosts install for all routes. */
const PIPES: Record<string, PipeTransform> = {
  excludeExtraneousValues: new ValidationPipe({
    transform: true,
    transformOptions: { excludeExtraneousValues: true },
  }),
  'a whitelist of validated properties, without texts': new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    disableErrorMessages: true,
    stopAtFirstError: true,
    errorHttpStatusCode: HttpStatus.I_AM_A_TEAPOT,
  }),
  'implicit conversion': new ValidationPipe({
    transform: true,
    transformOptions: { enableImplicitConversion: true, exposeDefaultValues: true },
  }),
  'groups, and everything required': new ValidationPipe({
    groups: ['of the host'],
    strictGroups: true,
    forbidUnknownValues: true,
    skipMissingProperties: false,
    validateCustomDecorators: true,
  }),
  'an expected class': new ValidationPipe({ expectedType: OwnDto, whitelist: true, transform: true }),
  'a pipe that refuses other classes': refusesOtherClasses,
  'a pipe that replaces everything': replacesEverything,
  ParseIntPipe: new ParseIntPipe(),
  ParseArrayPipe: new ParseArrayPipe({ items: OwnDto }),
};

const UUID = '338178e6-3d01-564f-9a7b-52ca442459bf';

async function assertUntouched(app: FlowApp): Promise<void> {
  const browser = app.browser('ann');
  const started = await start(browser, { connectorUuids: [UUID], lang: 'fr', maxConnections: 2 });
  expect(started.url).toContain('/fr/connect');
  expect(new URL(started.url).searchParams.get('connector_uuids')).toBe(UUID);
  expect(new URL(started.url).searchParams.get('max_connections')).toBe('2');
  const linked = await browser.get(`/connections/connect?connectorUuids=${UUID}&lang=de&returnTo=%2Fbanks`);
  expect(linked.location).toContain('/de/connect');
  expect(linked.location).toContain(UUID);

  const landed = await browser.get(await visitWebview(app, linked.location));
  expect(landed.location).toMatch(/^\/banks\?attempt=[0-9a-f-]{36}$/);
  const attempt = await browser.get(`/connections/attempts/${landed.location.split('=')[1] ?? ''}`);
  expect(attempt.json()).toMatchObject({ status: 'connected' });
  const page = await browser.get('/connections?limit=2');
  const [connection] = page.json<{ items: { id: string }[] }>().items;
  expect((await browser.get(`/connections/${connection?.id ?? ''}`)).status).toBe(200);
  const repair = await browser.post(`/connections/${connection?.id ?? ''}/reconnect`, { lang: 'it' });
  expect(repair.json<{ url: string }>().url).toContain('/it/reconnect');
  const manage = await browser.post('/connections/manage', { lang: 'es', connectionId: connection?.id });
  expect(manage.json<{ url: string }>().url).toContain('/es/manage');

  for (const [refused, property] of [
    [await browser.post('/connections/connect', { lang: 'xx' }), 'lang'],
    [await browser.post('/connections/connect', { unknown: 1 }), 'unknown'],
    [await browser.get('/connections?limit=0'), 'limit'],
    [await browser.post('/connections/custom', { connectorUuid: UUID, fields: 1 }), 'fields'],
  ] as const) {
    expect(refused.status).toBe(400);
    expect(refused.json()).toMatchObject({ code: 'invalid_request', errors: [{ property }] });
  }
  expect((await push(app.url, '/connections/webhooks/user-created', {}, { secret })).status).toBe(204);
  expect((await browser.send('DELETE', `/connections/${connection?.id ?? ''}`, {})).status).toBe(204);
}

describe.each(ADAPTERS)('pipes of the host, on %s', (adapter) => {
  let base: FlowApp;

  useFlowApp({ adapter, options, extras: { customConnections: true } }, (opened) => {
    base = opened;
  });

  async function withApp(wish: FlowAppOptions, check: (app: FlowApp) => Promise<void>): Promise<void> {
    const app = await startFlowApp({
      adapter,
      options,
      extras: { customConnections: true },
      like: base,
      ...wish,
    });
    await check(app).finally(async () => app.stop());
  }

  it.each(Object.entries(PIPES))(
    'should change nothing that the routes are sent: %s [H14]',
    async (_name, pipe) => {
      const prepare = (host: INestApplication): unknown => host.useGlobalPipes(pipe);
      await withApp({ prepare }, assertUntouched);
    },
  );

  it('should change nothing as providers of APP_PIPE [H14]', async () => {
    const register: FlowAppOptions['register'] = (given, extras) => [
      ConnectionsModule.forRoot({ ...given, ...extras }),
      {
        module: PipesModule,
        controllers: [OwnController],
        providers: [{ provide: APP_PIPE, useValue: replacesEverything }],
      },
    ];
    await withApp({ register }, async (app) => {
      await assertUntouched(app);
      // It is in force on the routes of the host.
      const own = await app.browser('ann').post('/own', { name: 'x' });
      expect(own.json()).toEqual({ lang: 'nl', limit: 1 });
    });
  });

  it('should find bodies, queries and parameters in the document [H14]', () => {
    const { paths } = SwaggerModule.createDocument(base.app, new DocumentBuilder().build());
    const query = paths['/connections/connect']?.get?.parameters;
    expect(query).toHaveLength(11);
    expect(query).toContainEqual(
      expect.objectContaining({
        name: 'lang',
        in: 'query',
        required: false,
        schema: { type: 'string', enum: ['en', 'fr', 'de', 'nl', 'pt', 'it', 'es'] },
      }),
    );
    expect(paths['/connections']?.get?.parameters).toHaveLength(2);
    const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };
    expect(paths['/connections/{id}']?.get?.parameters).toEqual([id]);
    const answer = paths['/connections/custom/{id}/answer']?.post;
    expect(answer?.parameters).toEqual([id]);
    const schema = { $ref: '#/components/schemas/PowensConnectionsAnswerCustomRequest' };
    expect(answer?.requestBody).toEqual({ required: true, content: { 'application/json': { schema } } });
  });
});
