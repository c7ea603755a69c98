import { IsInt, Max, Min } from 'class-validator';
import { ApiProperty, ApiPropertyOptional, ApiSchema } from '../openapi/swagger.js';
import type { ShareLink } from '../../flow/links/share-link.types.js';
import { IsGivenOrAbsent } from '../dto/rules/is-given-or-absent.js';
import { StartConnectRequestDto } from '../dto/start-connect.request.dto.js';

/** Body of `POST /links`: the options of the start, and those of the link. */
@ApiSchema({ name: 'PowensConnectionsCreateLinkRequest' })
export class CreateLinkRequestDto extends StartConnectRequestDto {
  @ApiPropertyOptional({
    minimum: 5,
    maximum: 10_080,
    description: 'Minutes after which the link cannot be used any more; 1440, a day, when absent.',
    example: 1440,
  })
  @IsGivenOrAbsent()
  @IsInt()
  @Min(5)
  @Max(10_080)
  expiresInMinutes?: number;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: 20,
    description: 'Starts that the link allows; 1 when absent.',
    example: 1,
  })
  @IsGivenOrAbsent()
  @IsInt()
  @Min(1)
  @Max(20)
  maxUses?: number;
}

/** Query of `GET /links/open` and `POST /links/open`. Other parameters are ignored: programs that send mails add some. */
export class OpenLinkQueryDto {
  @ApiProperty({
    description: 'That of the address of the link.',
    example: 'Zq0mJ1nX5s7y8wQeRtYuIoPaSdFgHjKlZxCvBnM1234',
  })
  token!: string;
}

/** Answer of `POST /links`. */
@ApiSchema({ name: 'PowensConnectionsLinkResponse' })
export class ShareLinkResponseDto {
  @ApiProperty({ format: 'uuid', example: '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77' })
  id!: string;

  @ApiProperty({
    format: 'uri',
    description:
      'For the same user, in another browser or by mail. It starts nothing by itself, and works only where this user is signed in.',
    example:
      'https://app.example.com/connections/links/open?token=Zq0mJ1nX5s7y8wQeRtYuIoPaSdFgHjKlZxCvBnM1234',
  })
  url!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-15T09:27:11.120Z' })
  expiresAt!: string;

  @ApiProperty({ example: 1 })
  maxUses!: number;
}

/** Creates the answer of a link. */
export function shareLinkDto({ id, url, expiresAt, maxUses }: ShareLink): ShareLinkResponseDto {
  return { id, url, expiresAt: expiresAt.toISOString(), maxUses };
}
