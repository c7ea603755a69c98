import { Controller, Get, Param, Req } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';

/**
 * What clients in the field also ask for, and what the real sandbox leaves empty too.
 *
 * @see protocol notes, section 10, note 9, and 11.1
 */
@Controller()
export class EmptyProductsController {
  constructor(private readonly bearer: BearerService) {}

  @Get('users/:user/indicators')
  indicators(@Req() request: SandboxRequest, @Param('user') named: string): Record<string, unknown> {
    this.bearer.userNamed(request, named);
    return { indicators: null };
  }

  @Get('banks/categories')
  categories(): Record<string, unknown> {
    return { bank_category: [] };
  }
}
