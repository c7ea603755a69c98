import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApiCookieAuth, DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ConnectionsModule } from 'nestjs-powens-connections';

@Module({
  imports: [
    ConnectionsModule.forRoot({
      powens: { domain: 'acme-sandbox', clientId: '20000001', clientSecret: 'not used' },
      publicUrl: 'https://app.example.com',
      keys: 'not used',
      owner: () => undefined,
      routes: { decorators: [ApiCookieAuth('session')] },
    }),
  ],
})
class AnyApplication {}

/** The OpenAPI document of the library's routes, in an application that has no others. */
export async function libraryDocument(): Promise<OpenAPIObject> {
  // A preview creates no provider: describing routes needs no database, key or Powens.
  const app = await NestFactory.create(AnyApplication, { preview: true, logger: false, abortOnError: false });
  const about = new DocumentBuilder()
    .setTitle('Bank connections')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addCookieAuth('session', { type: 'apiKey', in: 'cookie' }, 'session')
    .build();
  return SwaggerModule.createDocument(app, about);
}
