import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { ApiProblem } from '../http/problem.decorator.js';
import { ConnectionsHealthIndicator } from 'nestjs-powens-connections/health';
import { HealthDto } from './health.dto.js';

/** The probes of an orchestrator. The answers name what is up or down, and no versions, hosts or errors. */
@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly connections: ConnectionsHealthIndicator,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Is the process alive?', description: 'Depends on nothing else.', security: [] })
  @ApiOkResponse({ type: HealthDto })
  live(): HealthDto {
    return { status: 'ok', checks: {} };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Can it serve?',
    description: 'Looks at the database, its tables, the keys and the handlers.',
    security: [],
  })
  @ApiOkResponse({ type: HealthDto })
  @ApiProblem(503, 'Not ready: database')
  async ready(): Promise<HealthDto> {
    const result = await this.health.check([() => this.connections.check()]).catch(explainNotReady);
    return { status: 'ok', checks: statusesOf(result) };
  }
}

/** Terminus throws its whole result; the names of the failed checks are enough. */
function explainNotReady(error: unknown): never {
  if (!(error instanceof ServiceUnavailableException)) {
    throw error;
  }
  const { error: down } = error.getResponse() as HealthCheckResult;
  throw new ServiceUnavailableException(
    `Not ready: ${Object.keys(down ?? {}).join(', ') || 'shutting down'}`,
  );
}

function statusesOf(result: HealthCheckResult): Record<string, string> {
  return Object.fromEntries(Object.entries(result.details).map(([check, { status }]) => [check, status]));
}
