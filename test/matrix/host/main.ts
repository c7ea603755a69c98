import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { enableGracefulShutdown } from 'nestjs-powens-connections';
import { adapter } from './adapter.js';
import { AppModule } from './app.module.js';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule, adapter(), { abortOnError: false });
  await app.listen(process.env['PORT'] ?? 3000, 'localhost');
  enableGracefulShutdown(app);
  console.log('LISTENING');
}

bootstrap().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
