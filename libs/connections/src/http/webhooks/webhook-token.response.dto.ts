import { ApiProperty, ApiSchema } from '../openapi/swagger.js';

/** @see RFC 6749 section 5.1 */
@ApiSchema({ name: 'PowensConnectionsWebhookTokenResponse' })
export class WebhookTokenResponseDto {
  @ApiProperty({ description: 'Sent by Powens as bearer with its webhooks' })
  access_token!: string;

  @ApiProperty({ enum: ['Bearer'] })
  token_type!: 'Bearer';

  @ApiProperty({ description: 'Seconds', example: 3600 })
  expires_in!: number;
}
