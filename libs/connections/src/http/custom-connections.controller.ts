import { HttpCode, HttpStatus, Injectable, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from './openapi/swagger.js';
import { CustomConnectionsService } from '../flow/custom/custom-connections.service.js';
import type { CustomConnectionStep } from '../flow/custom/custom-step.js';
import type { Owner } from '../options/index.js';
import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';
import { ApiProblems } from './answers/api-problem.decorator.js';
import {
  AnswerCustomRequestDto,
  ConsentCustomRequestDto,
  CreateCustomRequestDto,
  customStepDto,
  CustomStepResponseDto,
  ResumeCustomRequestDto,
} from './dto/custom-connection.dto.js';
import type { HttpResponse } from './answers/http-exchange.js';
import { OwnerGate } from './owner.gate.js';
import { refusingInput } from './input/custom-refusals.js';
import { bodyOf, parameterOf } from './input/request-input.js';

const PROBLEMS = {
  400: 'The request does not fit',
  401: 'No user is signed in',
  403: 'Sent from another site',
  422: 'The bank refused the credentials',
  502: 'Powens refused or failed',
  503: 'Powens cannot be reached: try again after `Retry-After`',
};
const ABSENT = "No such connection, or another owner's";

/**
 * Connections without the webview. Registered only when the host enables it: its bodies hold bank credentials.
 *
 * @internal
 */
@Injectable()
export class CustomConnectionsController {
  constructor(
    private readonly gate: OwnerGate,
    private readonly custom: CustomConnectionsService,
  ) {}

  @Post('custom')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Make a connection without the webview', description: 'For agents only.' })
  @ApiBody({ type: CreateCustomRequestDto })
  @ApiOkResponse({ type: CustomStepResponseDto })
  @ApiProblems({ ...PROBLEMS, 409: 'No Powens user, and provisioning is not server-first' })
  async create(
    @Req() request: ConnectionsRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<CustomStepResponseDto> {
    const body = await bodyOf(request, CreateCustomRequestDto);
    return this.step({ request, response }, async (owner, binding) =>
      this.custom.create(owner, body, binding),
    );
  }

  @Post('custom/:id/answer')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Give what a connection asks for' })
  @ApiParam({ name: 'id', type: String, format: 'uuid' })
  @ApiBody({ type: AnswerCustomRequestDto })
  @ApiOkResponse({ type: CustomStepResponseDto })
  @ApiProblems({ ...PROBLEMS, 404: ABSENT })
  async answer(
    @Req() request: ConnectionsRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<CustomStepResponseDto> {
    const id = parameterOf(request, 'id');
    const body = await bodyOf(request, AnswerCustomRequestDto);
    return this.step({ request, response }, async (owner, binding) =>
      this.custom.answer(owner, id, body, binding),
    );
  }

  @Post('custom/:id/resume')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: "Go on after a confirmation in the bank's app, or look again" })
  @ApiParam({ name: 'id', type: String, format: 'uuid' })
  @ApiBody({ type: ResumeCustomRequestDto })
  @ApiOkResponse({ type: CustomStepResponseDto })
  @ApiProblems({ ...PROBLEMS, 404: ABSENT })
  async resume(
    @Req() request: ConnectionsRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<CustomStepResponseDto> {
    const id = parameterOf(request, 'id');
    const body = await bodyOf(request, ResumeCustomRequestDto);
    return this.step({ request, response }, async (owner, binding) =>
      this.custom.resume(owner, id, body, binding),
    );
  }

  @Post('custom/:id/consent')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Consent to accounts of a connection' })
  @ApiParam({ name: 'id', type: String, format: 'uuid' })
  @ApiBody({ type: ConsentCustomRequestDto })
  @ApiNoContentResponse({ description: 'Powens gives the data of these accounts' })
  @ApiProblems({ ...PROBLEMS, 404: ABSENT })
  async consent(@Req() request: ConnectionsRequest): Promise<void> {
    const id = parameterOf(request, 'id');
    const body = await bodyOf(request, ConsentCustomRequestDto);
    const owner = await this.gate.changingOwner(request);
    await refusingInput(async () => this.custom.consent(owner, id, body.accountIds));
  }

  private async step(
    { request, response }: { request: ConnectionsRequest; response: HttpResponse },
    take: (owner: Owner, binding: string | null) => Promise<CustomConnectionStep>,
  ): Promise<CustomStepResponseDto> {
    const owner = await this.gate.changingOwner(request);
    const step = await refusingInput(async () => take(owner, this.gate.binding(request)));
    if (step.redirect !== null) {
      this.gate.bind(response, step.redirect);
    }
    return customStepDto(step);
  }
}
