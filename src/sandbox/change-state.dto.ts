import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';

/** What a bank may ask for, in the words of Powens. */
const STATES = ['SCARequired', 'wrongpass', 'websiteUnavailable', 'actionNeeded'] as const;

/** Which state a connection gets. */
export class ChangeStateDto {
  @ApiProperty({ enum: STATES, example: 'SCARequired' })
  @IsIn(STATES)
  state!: (typeof STATES)[number];

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'One of `GET /connections`; the newest one when left out',
  })
  @IsOptional()
  @IsUUID()
  connectionId?: string;
}
