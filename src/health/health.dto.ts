import { ApiProperty } from '@nestjs/swagger';

/** The answer of the health routes when every check passes. */
export class HealthDto {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  status!: 'ok';

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { database: 'up', schema: 'up', keys: 'up', handlers: 'up', running: 'up' },
  })
  checks!: Record<string, string>;
}
