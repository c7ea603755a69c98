import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ApiCookieAuth } from '@nestjs/swagger';
import { ConnectionsModule, type EventPublisher } from 'nestjs-powens-connections';
import { AccountsModule } from './accounts/accounts.module.js';
import { APP_CONFIG, appConfigModule, type AppConfig } from './config/app.config.js';
import { connectionsOptions } from './connections.options.js';
import { DatabaseModule } from './database/database.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { ProblemFilter } from './http/problem.filter.js';
import { PageController } from './page/page.controller.js';
import type { PowensSandbox } from 'powens-sandbox';
import { SandboxModule } from './sandbox/sandbox.module.js';
import { SESSION_COOKIE } from './session/session-cookie.service.js';
import { SessionController } from './session/session.controller.js';
import { SessionGuard } from './session/session.guard.js';
import { SessionModule } from './session/session.module.js';
import type { HostTelemetry } from './telemetry/host-telemetry.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';
import { SessionOwnerResolver } from './session/session-owner.resolver.js';

/** What runs beside the application. */
export interface HostParts {
  /** Null when Powens is not embedded. */
  readonly sandbox: PowensSandbox | null;
  readonly telemetry: HostTelemetry;
  /** Of the broker; null without one. */
  readonly publisher: EventPublisher | null;
}

/** The demo host: the shortest complete use of the library. */
@Module({})
export class AppModule {
  static forHost(config: AppConfig, { sandbox, telemetry, publisher }: HostParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        appConfigModule(config),
        DatabaseModule.for(config),
        SessionModule,
        ConnectionsModule.forRootAsync({
          isGlobal: true,
          imports: [SessionModule],
          inject: [APP_CONFIG, SessionOwnerResolver],
          useFactory: (settled: AppConfig, owner: SessionOwnerResolver) =>
            connectionsOptions(settled, owner, publisher),
          routes: { guards: [SessionGuard], decorators: [ApiCookieAuth(SESSION_COOKIE)] },
        }),
        EventsModule,
        AccountsModule,
        HealthModule,
        TelemetryModule.for(telemetry),
        ...(sandbox === null ? [] : [SandboxModule.for(sandbox)]),
      ],
      // Not in production: every client could sign in as any user (N27).
      controllers: config.demoAccess ? [PageController, SessionController] : [],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
