import { Controller, Get, Module } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { ConnectionsModule } from 'nestjs-powens-connections';
import { afterAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';

class ConnectionResponseDto {
  @ApiProperty()
  onlyOfTheHost!: string;
}

@Controller('own')
class OwnController {
  @Get()
  @ApiOkResponse({ type: ConnectionResponseDto })
  get(): ConnectionResponseDto {
    return { onlyOfTheHost: 'x' };
  }
}

@Module({ controllers: [OwnController] })
class OwnModule {}

describe('a host that has classes of the same names', () => {
  let app: FlowApp;

  afterAll(async () => {
    await app.close();
  });

  it('should keep its own schemas in the document, beside those of the library [H11]', async () => {
    app = await startFlowApp({
      register: (given, extras) => [
        ConnectionsModule.forRoot({ ...given, ...extras, customConnections: true }),
        { module: OwnModule },
      ],
    });
    const { components, paths } = SwaggerModule.createDocument(app.app, new DocumentBuilder().build());
    const schemas = components?.schemas ?? {};
    expect(schemas['ConnectionResponseDto']).toMatchObject({ properties: { onlyOfTheHost: {} } });
    expect(Object.keys(schemas).filter((name) => !name.startsWith('PowensConnections'))).toEqual([
      'ConnectionResponseDto',
    ]);
    expect(JSON.stringify(paths['/connections/{id}'])).toContain('PowensConnectionsConnectionResponse');
    expect(JSON.stringify(paths['/own'])).toContain('#/components/schemas/ConnectionResponseDto');
  });
});
