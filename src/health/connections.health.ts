import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { ConnectionsReadiness, type ReadinessReport } from 'nestjs-powens-connections';

/** What an operator does about a check that does not make a replica unready. */
const ADVICE: Partial<Record<keyof ReadinessReport['checks'], string>> = {
  losses: 'see ReconciliationService.listLosses()',
  outbox: 'events wait for 15 minutes or longer: see the log for failing handlers',
  inbox: 'webhooks wait for 15 minutes or longer: see the log',
  powens: 'most calls to Powens failed: some are not sent for now',
};

/** The library's own readiness, as a health indicator of Terminus; the database is one of its checks. */
@Injectable()
export class ConnectionsHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly readiness: ConnectionsReadiness,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const { checks } = await this.readiness.check();
    const results = Object.entries(checks).map(([name, isUp]) => {
      const indicator = this.indicators.check(name);
      const advice = ADVICE[name as keyof typeof checks];
      // Where an operator must act, the replica can still serve traffic.
      return isUp ? indicator.up() : advice === undefined ? indicator.down() : indicator.up(advice);
    });
    return Object.assign({}, ...results) as HealthIndicatorResult;
  }
}
