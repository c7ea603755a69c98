import { Controller, Get, Header, Module, type DynamicModule } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { HostTelemetry } from './host-telemetry.js';

/** For Prometheus. Holds no id and no secret; reachable by the scraper alone where it matters that others do not count along. */
@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly telemetry: HostTelemetry) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Metrics, as Prometheus reads them', security: [] })
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String })
  async metrics(): Promise<string> {
    return this.telemetry.metrics();
  }
}

@Module({})
export class TelemetryModule {
  static for(telemetry: HostTelemetry): DynamicModule {
    return {
      module: TelemetryModule,
      controllers: [MetricsController],
      providers: [{ provide: HostTelemetry, useValue: telemetry }],
    };
  }
}
