import { HttpCode, HttpStatus, Injectable, Post, Req, Res } from '@nestjs/common';
import {
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
} from '../openapi/swagger.js';
import { WebhookReceiver } from '../../flow/webhooks/webhook-receiver.service.js';
import { POWENS_WEBHOOK_EVENTS, pathOfEvent } from '../../events/powens-webhook-events.js';
import { ApiProblems } from '../answers/api-problem.decorator.js';
import type { HttpResponse } from '../answers/http-exchange.js';
import { parameterOf } from '../input/request-input.js';
import { clientOf } from './token-request.js';
import { WebhookIntake } from './webhook-intake.service.js';
import { WebhookTokenResponseDto } from './webhook-token.response.dto.js';

/**
 * Receives the webhooks of Powens. No guard of the host runs before it: the signature, or the other configured authentication, decides.
 *
 * @internal
 */
@Injectable()
export class WebhooksController {
  constructor(
    private readonly intake: WebhookIntake,
    private readonly receiver: WebhookReceiver,
  ) {}

  @Post('webhooks/token')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({
    summary: 'Where Powens fetches a token for its webhooks',
    description: 'Only with `webhooks.auth.type: "oauth"`. Client credentials, as RFC 6749 section 4.4 says.',
    security: [],
  })
  @ApiOkResponse({ type: WebhookTokenResponseDto })
  @ApiProblems({ 401: 'Another client', 404: 'No tokens are given out here' }, { 401: ['webhook_refused'] })
  token(@Req() request: object, @Res({ passthrough: true }) response: HttpResponse): WebhookTokenResponseDto {
    response.header('cache-control', 'no-store');
    this.receiver.assertOpen();
    const captured = this.intake.capturedRequest(request);
    return this.intake.logRefusal(() => this.receiver.token(clientOf(captured)));
  }

  @Post('webhooks/:event')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({
    summary: 'Where Powens sends a webhook',
    description:
      'One path per event, since bodies carry no name. Answered as soon as it is stored; processed afterwards. Register ' +
      'each of them in the Powens console. To try it by hand, let the sandbox fire one: a body typed here has no signature.',
    // Not the session of the host: the signature, or the other configured authentication, decides.
    security: [],
  })
  @ApiHeader({
    name: 'BI-Signature',
    required: false,
    description: 'HMAC-SHA256 of method, path, date and body',
  })
  @ApiHeader({ name: 'BI-Signature-Date', required: false, description: 'ISO 8601 in UTC' })
  @ApiParam({ name: 'event', enum: POWENS_WEBHOOK_EVENTS.map(pathOfEvent) })
  @ApiNoContentResponse({ description: 'Stored, or known already' })
  @ApiProblems(
    {
      401: 'Not proven to be sent by Powens: always the same answer',
      404: 'No event is called so, or this application receives no webhooks',
      408: 'The body did not arrive in time',
      413: 'More bytes than allowed',
      415: 'Compressed with something else than gzip',
      503: 'It could not be stored, or too much is held at once: Powens sends it again',
    },
    {
      401: ['webhook_refused'],
      408: ['webhook_timeout'],
      413: ['webhook_too_large'],
      415: ['webhook_encoding_refused'],
      503: ['storage_failed', 'busy'],
    },
  )
  async receive(@Req() request: object): Promise<void> {
    this.receiver.assertOpen();
    const { credentials: _, ...captured } = this.intake.capturedRequest(request);
    try {
      await this.receiver.receive({ ...captured, segment: parameterOf(request, 'event') });
    } catch (error) {
      this.intake.logRefusal(() => {
        throw error;
      });
    }
  }
}
