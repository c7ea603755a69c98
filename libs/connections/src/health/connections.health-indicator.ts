import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { ConnectionsReadiness, type ReadinessReport } from '../flow/setup/connections-readiness.service.js';

/** What an operator does about a check that does not make a replica unready. */
const ADVICE: Partial<Record<keyof ReadinessReport['checks'], string>> = {
  losses: 'see ReconciliationService.listLosses()',
  outbox: 'events wait for 15 minutes or longer: see the log for failing handlers',
  inbox: 'webhooks wait for 15 minutes or longer: see the log',
  powens: 'most calls to Powens failed: some are not sent for now',
};

/**
 * The readiness of a registration as an indicator of Terminus: database, schema, keys and provider make the process unready; held
 * losses, the age of outbox and inbox and the calls to Powens are reported as up, with a sentence that says what to do.
 *
 * @example
 * ```ts
 * @Module({ imports: [TerminusModule], providers: [ConnectionsHealthIndicator], controllers: [HealthController] })
 * export class HealthModule {}
 *
 * @Controller('health')
 * export class HealthController {
 *   constructor(
 *     private readonly health: HealthCheckService,
 *     private readonly connections: ConnectionsHealthIndicator,
 *   ) {}
 *
 *   @Get()
 *   @HealthCheck()
 *   check() {
 *     return this.health.check([() => this.connections.check()]);
 *   }
 * }
 * ```
 * Of a registration with a name: `useFactory: (indicators, readiness) => new ConnectionsHealthIndicator(indicators, readiness)` with
 * `inject: [HealthIndicatorService, getConnectionsToken(ConnectionsReadiness, 'banks')]`.
 * @public
 */
@Injectable()
export class ConnectionsHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly readiness: ConnectionsReadiness,
  ) {}

  /**
   * Checks the registration.
   *
   * @param prefix - in front of the names of the checks, where an application reports several registrations
   * @returns one entry of Terminus for each check; it never throws, and an entry that is down makes the health check fail
   */
  async check(prefix = ''): Promise<HealthIndicatorResult> {
    const { checks } = await this.readiness.check();
    const results = Object.entries(checks).map(([name, isUp]) => {
      const indicator = this.indicators.check(`${prefix}${name}`);
      const advice = ADVICE[name as keyof typeof checks];
      // Where an operator must act, the replica can still serve traffic.
      return isUp ? indicator.up() : advice === undefined ? indicator.down() : indicator.up(advice);
    });
    return Object.assign({}, ...results) as HealthIndicatorResult;
  }
}
