import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';

/** Which connection of the signed-in user. */
export class ChosenConnectionDto {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'One of `GET /connections`; the newest one when left out',
  })
  @IsOptional()
  @IsUUID()
  connectionId?: string;
}
