import { Controller, Delete, Get, HttpCode, Param, Req } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { paginate } from '../../http/pagination.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import { DEFAULT_CLIENT } from '../../sandbox.credentials.js';
import { userToWire } from '../../wire/user.wire.js';
import type { UserWire } from '../../wire/user.wire.js';
import { UsersService } from '../../auth/users.service.js';

/**
 * `/users`.
 *
 * @see protocol notes, section 5.1
 */
@Controller('users')
export class UsersController {
  constructor(
    private readonly bearer: BearerService,
    private readonly users: UsersService,
  ) {}

  @Get()
  list(@Req() request: SandboxRequest): { users: UserWire[]; total: number } {
    this.bearer.requireUsersToken(request);
    const page = paginate(this.users.ofDomain(DEFAULT_CLIENT.domain), request);
    return { users: page.items.map(userToWire), total: page.total, ...page.links };
  }

  @Get(':user')
  read(@Req() request: SandboxRequest, @Param('user') named: string): UserWire {
    return userToWire(this.bearer.userNamed(request, named));
  }

  @Delete(':user')
  @HttpCode(204)
  remove(@Req() request: SandboxRequest, @Param('user') named: string): void {
    this.users.remove(this.bearer.userNamed(request, named));
  }
}
