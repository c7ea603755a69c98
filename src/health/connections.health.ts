import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { ConnectionsReadiness } from 'nestjs-powens-connections';

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
      if (!isUp && name === 'losses') {
        // An operator must act; the replica can still serve traffic.
        return indicator.up('see ReconciliationService.listLosses()');
      }
      return isUp ? indicator.up() : indicator.down();
    });
    return Object.assign({}, ...results) as HealthIndicatorResult;
  }
}
