import { IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { ApiProperty, ApiSchema } from '../openapi/swagger.js';

const STATUSES = ['pending', 'claimed', 'connected', 'denied', 'failed', 'expired', 'unknown'];

/** Answer of `GET /attempts/:id`. */
@ApiSchema({ name: 'PowensConnectionsAttemptResponse' })
export class AttemptResponseDto {
  @ApiProperty({ format: 'uuid', example: '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77' })
  id!: string;

  @ApiProperty({ enum: ['connect', 'reconnect', 'manage'], example: 'connect' })
  flow!: string;

  @ApiProperty({
    enum: STATUSES,
    description:
      'pending: the browser has not come back. claimed: being completed. connected, denied, failed, expired: ended. ' +
      'unknown: the answer of Powens was lost; start again.',
    example: 'connected',
  })
  status!: string;

  @ApiProperty({ type: [String], format: 'uuid', example: ['01985c3f-0f1b-7a52-8f0e-52f0c7f6a9d1'] })
  connectionIds!: readonly string[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Stable code of what went wrong.',
    example: null,
  })
  error!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-14T09:27:11.120Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-14T10:02:11.120Z' })
  expiresAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-03-14T09:28:40.002Z' })
  completedAt!: string | null;
}

/** Body of `POST /attempts/:id/complete`. */
@ApiSchema({ name: 'PowensConnectionsCompleteAttemptRequest' })
export class CompleteAttemptRequestDto {
  @ApiProperty({
    description: 'Parameter `ticket` of the address that the application was opened with, decoded once.',
    example: 'v1.example',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(8400)
  ticket!: string;

  @ApiProperty({
    description: '`binding` of the answer of the start.',
    example: 'Zq0mJ1nX5s7y8wQeRtYuIoPaSdFgHjKlZxCvBnM1234',
  })
  @IsString()
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'binding must be that of the answer of the start' })
  binding!: string;
}
