import { ApiProperty, ApiPropertyOptional, ApiSchema } from '../openapi/swagger.js';
import type { StartedAttempt } from '../../flow/connect/connect-flow.types.js';

/** Answer of `POST /connect`. */
@ApiSchema({ name: 'PowensConnectionsStartedAttemptResponse' })
export class StartedAttemptResponseDto {
  @ApiProperty({ format: 'uuid', example: '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77' })
  attemptId!: string;

  @ApiProperty({
    format: 'uri',
    description:
      'Open it in this same browser, as a full page. It is valid for one attempt and this browser only.',
    example:
      'https://webview.powens.com/en/connect?domain=acme-sandbox.biapi.pro&client_id=20000001&redirect_uri=https%3A%2F%2Fapp.example.com%2Fconnections%2Fcallback&state=example',
  })
  url!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-14T10:02:11.120Z' })
  expiresAt!: string;

  @ApiPropertyOptional({
    description:
      'Only when the target of `returnTo` has `complete: "confirm"`: keep it in the application, and send it with the ticket to ' +
      '`POST /attempts/{id}/complete`. Otherwise it is in the cookie.',
    example: 'Zq0mJ1nX5s7y8wQeRtYuIoPaSdFgHjKlZxCvBnM1234',
  })
  binding?: string;
}

/** The public part of a started attempt; its binding is in the cookie, unless the application completes the attempt. */
export function startedAttemptDto(started: StartedAttempt): StartedAttemptResponseDto {
  const { attemptId, url, expiresAt, binding, complete } = started;
  const answer = { attemptId, url, expiresAt: expiresAt.toISOString() };
  return complete === 'confirm' ? { ...answer, binding } : answer;
}
