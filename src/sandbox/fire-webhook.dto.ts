import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { ChosenConnectionDto } from './chosen-connection.dto.js';

/** What can be fired by hand: events of one connection. */
export const FIRED_EVENTS = ['CONNECTION_SYNCED', 'ACCOUNTS_FETCHED', 'CONNECTION_DELETED'] as const;

/** Which webhook to fire. */
export class FireWebhookDto extends ChosenConnectionDto {
  @ApiProperty({ enum: FIRED_EVENTS, example: 'CONNECTION_SYNCED' })
  @IsIn(FIRED_EVENTS)
  event!: (typeof FIRED_EVENTS)[number];
}

/** How this host answered the webhook. */
export class FiredWebhookDto {
  @ApiProperty({ example: 90207, description: 'By it a second delivery is recognised' })
  idWebhookData!: number;

  @ApiProperty({ type: [Number], example: [204], description: 'What this host answered' })
  statuses!: (number | null)[];
}
