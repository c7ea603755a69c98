import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { ChosenConnectionDto } from './chosen-connection.dto.js';

/** What a bank may ask for, in the words of Powens. */
const STATES = ['SCARequired', 'wrongpass', 'websiteUnavailable', 'actionNeeded'] as const;

/** Which state a connection gets. */
export class ChangeStateDto extends ChosenConnectionDto {
  @ApiProperty({ enum: STATES, example: 'SCARequired' })
  @IsIn(STATES)
  state!: (typeof STATES)[number];
}
