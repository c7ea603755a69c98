import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule, type HostParts } from './app.module.js';
import type { AppConfig } from './config/app.config.js';
import { explainBuildError } from './config/build-error.js';
import { explainListenError } from './config/free-port.js';
import { serveDocs } from './docs/open-api.js';
import { createHttpAdapter } from './http-adapter.js';
import { accessLog } from './http/access-log.middleware.js';
import { publicOrigin } from './http/public-origin.middleware.js';
import { securityHeaders } from './http/security-headers.middleware.js';

/** Builds the application and makes it listen. */
export async function createApp(config: AppConfig, parts: HostParts): Promise<INestApplication> {
  const app = await build(config, parts);
  try {
    // One by one: Fastify's middleware engine takes a single function.
    [accessLog, securityHeaders, publicOrigin(config.publicUrl)].forEach((middleware) => app.use(middleware));
    if (config.demoAccess) {
      serveDocs(app, config.publicUrl, parts.sandbox?.url ?? null);
    }
    await app.listen(config.port, config.host);
    return app;
  } catch (error) {
    await app.close();
    throw explainListenError('PORT', config.host, config.port, error);
  }
}

async function build(config: AppConfig, parts: HostParts): Promise<INestApplication> {
  try {
    return await NestFactory.create(AppModule.forHost(config, parts), createHttpAdapter(config.httpAdapter), {
      // The caller handles errors of the start: Nest would end the process, with the embedded services still open.
      abortOnError: false,
    });
  } catch (error) {
    throw explainBuildError(error);
  }
}
