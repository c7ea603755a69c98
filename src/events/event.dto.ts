import { ApiProperty } from '@nestjs/swagger';
import { CONNECTION_EVENT_TYPES, type ConnectionEvent } from 'nestjs-powens-connections';

/** All types of events in one, as the OpenAPI document shows them. */
type Shape = Pick<ConnectionEvent, keyof ConnectionEvent>;

/** An event as the handlers received it. */
export class EventDto implements Shape {
  @ApiProperty({
    format: 'uuid',
    example: '01934f6e-7c1b-7c50-8a55-1a8c4b8f3d10',
    description: 'Deduplicate by it.',
  })
  id!: string;

  @ApiProperty({ enum: CONNECTION_EVENT_TYPES, example: 'connection.created' })
  type!: ConnectionEvent['type'];

  @ApiProperty({ enum: [1], example: 1 })
  version!: 1;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T09:30:00.000Z' })
  occurredAt!: string;

  @ApiProperty({ example: 'default' })
  instance!: string;

  @ApiProperty({ example: 'alice' })
  ownerId!: string;

  @ApiProperty({ example: '' })
  tenant!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    example: '01934f6e-6a00-7b11-9d0e-52d0c7a1f201',
  })
  attemptId!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    example: '01934f6e-7c1a-7f40-b3f2-0a5d7c9e1b42',
  })
  connectionId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '1187' })
  powensConnectionId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '412' })
  powensUserId!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { connectorName: 'Connecteur de test' },
  })
  data!: ConnectionEvent['data'];
}

/** The answer of `GET /events`. */
export class EventListDto {
  @ApiProperty({ type: [EventDto] })
  items!: readonly EventDto[];
}
