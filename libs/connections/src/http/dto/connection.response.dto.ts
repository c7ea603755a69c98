import { ApiProperty, ApiSchema } from '../openapi/swagger.js';
import { STATES_IN_WORDS } from './connection.examples.js';

/** With null: a validator of schemas takes an enum as it stands, whatever `nullable` says. */
const ACTIONS = ['reconnect', 'wait', 'act_at_bank', 'contact_support', null];

/** A connection as its owner sees it. */
@ApiSchema({ name: 'PowensConnectionsConnectionResponse' })
export class ConnectionResponseDto {
  @ApiProperty({ format: 'uuid', example: '01985c3f-0f1b-7a52-8f0e-52f0c7f6a9d1' })
  id!: string;

  @ApiProperty({ description: 'Id at Powens, always a string.', example: '1187' })
  powensConnectionId!: string;

  @ApiProperty({ type: String, nullable: true, example: '338178e6-3d01-564f-9a7b-52ca442459bf' })
  connectorUuid!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Connecteur de test' })
  connectorName!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: "Powens' word for the state, or null after a good synchronisation. The list is open.",
    example: null,
  })
  state!: string | null;

  @ApiProperty({
    type: String,
    enum: ACTIONS,
    nullable: true,
    description: `What the state asks for; \`contact_support\` for a word that this version does not know.\n\n${STATES_IN_WORDS}`,
    example: null,
  })
  requiredAction!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-14T09:28:40.002Z' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-03-14T09:27:40.000Z' })
  lastSyncedAt!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'End of the consent.',
    example: null,
  })
  expiresAt!: string | null;
}

/** A page of connections. */
@ApiSchema({ name: 'PowensConnectionsConnectionPageResponse' })
export class ConnectionPageResponseDto {
  @ApiProperty({ type: [ConnectionResponseDto] })
  items!: ConnectionResponseDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Give it back as `cursor` for the next page.',
    example: null,
  })
  nextCursor!: string | null;
}
