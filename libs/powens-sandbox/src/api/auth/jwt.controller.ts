import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ClientApplications } from '../../auth/client-applications.service.js';
import { signedJwt } from '../../auth/jwt.js';
import { TokensService } from '../../auth/tokens.service.js';
import { UsersService } from '../../auth/users.service.js';
import { Fields } from '../../http/fields.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import { SANDBOX_CHOICES } from '../../sandbox.choices.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import type { JwtPayloadWire, JwtWire } from '../../wire/auth.wire.js';
import { DOMAIN_CONFIG } from '../reference/config.controller.js';

/**
 * `POST /auth/jwt`: tokens of users that the key of the client application signs. In the guide of 2021 only.
 *
 * @see protocol notes, section 2.7
 */
@Controller('auth')
export class JwtController {
  constructor(
    private readonly clients: ClientApplications,
    private readonly store: SandboxStore,
    private readonly tokens: TokensService,
    private readonly users: UsersService,
  ) {}

  @Post('jwt')
  @HttpCode(200)
  create(@Req() request: SandboxRequest): JwtWire {
    const body = new Fields(request.body);
    const client = this.clients.withKeys(this.clients.authenticated(body));
    const user = this.users.namedOrNew(body.integer('id_user'), client.domain);
    const issuedAt = Math.floor(this.store.clock.now() / 1000);
    const life = (body.flag('expire') ?? true) ? this.lifeSeconds() : null;
    const payload: JwtPayloadWire = {
      id_user: user.id,
      aud: `${client.domain}.biapi.pro`,
      iss: Number(client.id),
      scope: body.text('scope') ?? '',
      iat: issuedAt,
      ...(life === null ? {} : { exp: issuedAt + life }),
      type: 'sharedAccess',
    };
    const { token } = this.tokens.keepJwt(signedJwt(payload, client.keys), user, life);
    return { jwt_token: token, payload };
  }

  /** The setting `auth.default_token_expire` is in minutes. */
  private lifeSeconds(): number {
    const minutes = Number(this.store.configs.get(DOMAIN_CONFIG)?.values['auth.default_token_expire']);
    return minutes > 0 ? minutes * 60 : SANDBOX_CHOICES.temporarySeconds;
  }
}
