import type { INestApplication } from '@nestjs/common';
import {
  DocumentBuilder,
  SwaggerModule,
  type OpenAPIObject,
  type SwaggerCustomOptions,
} from '@nestjs/swagger';
import { SESSION_COOKIE, SessionCookie } from '../session/session-cookie.service.js';
import { guide } from './guide.js';

/** Swagger UI's own bar only repeats its name. */
const CSS = '.swagger-ui .topbar { display: none } .swagger-ui .info { margin: 24px 0 }';

const UI: SwaggerCustomOptions = {
  raw: ['json'],
  customSiteTitle: 'Powens connections: demo',
  customCss: CSS,
  swaggerOptions: {
    // The document is not sent to the online validator.
    validatorUrl: null,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
  },
};

/** Serves Swagger UI at `/docs` and the OpenAPI document at `/docs-json`. */
export function serveDocs(app: INestApplication, publicUrl: string, sandboxUrl: string | null): void {
  SwaggerModule.setup('docs', app, () => describeApi(app, publicUrl, sandboxUrl), UI);
}

function describeApi(app: INestApplication, publicUrl: string, sandboxUrl: string | null): OpenAPIObject {
  const { name } = app.get(SessionCookie, { strict: false });
  const cookie = { type: 'apiKey', in: 'cookie', name, description: 'Set by `POST /session`.' } as const;
  const config = new DocumentBuilder()
    .setTitle('Powens connections: demo host')
    .setDescription(guide(sandboxUrl))
    .setVersion('0.1.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    // Relative: "Try it out" must call the origin of the page, or its cookies would not be sent.
    .addServer(new URL(publicUrl).pathname)
    .addCookieAuth(name, cookie, SESSION_COOKIE)
    // In the order of the flow.
    .addTag('session', "Stands in for your application's own login")
    .addTag('connections', 'The routes of the library')
    .addTag('host', 'What an application does with a connection')
    .addTag('operations', 'For orchestrators')
    .build();
  return SwaggerModule.createDocument(app, config);
}
