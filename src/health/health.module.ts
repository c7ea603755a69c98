import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ConnectionsHealthIndicator } from 'nestjs-powens-connections/health';
import { HealthController } from './health.controller.js';

/** Liveness and readiness. Finds `ConnectionsReadiness` because the connections are registered globally. */
@Module({
  imports: [TerminusModule.forRoot({ errorLogStyle: 'json' })],
  controllers: [HealthController],
  providers: [ConnectionsHealthIndicator],
})
export class HealthModule {}
