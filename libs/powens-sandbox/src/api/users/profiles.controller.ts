import { Controller, Get, Param, Req } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { notFound } from '../../http/sandbox-api.error.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import { profileToWire } from '../../wire/profile.wire.js';
import type { ProfileWire } from '../../wire/profile.wire.js';

interface ProfilePath {
  user: string;
  profile: string;
}

/** `/users/{user}/profiles`: one profile for each user, also called `main` and `me`. In the description of 2021 only. */
@Controller('users/:user/profiles')
export class ProfilesController {
  constructor(private readonly bearer: BearerService) {}

  @Get()
  list(@Req() request: SandboxRequest, @Param('user') named: string): Record<string, unknown> {
    return { profiles: [profileToWire(this.bearer.userNamed(request, named))], total: 1 };
  }

  @Get(':profile')
  read(@Req() request: SandboxRequest, @Param() { user, profile }: ProfilePath): ProfileWire {
    const found = profileToWire(this.bearer.userNamed(request, user));
    if (!['main', 'me', String(found.id)].includes(profile)) {
      throw notFound();
    }
    return found;
  }
}
