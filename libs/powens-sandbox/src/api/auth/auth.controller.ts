import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import { withBasicCredentials } from '../../auth/basic-credentials.js';
import { Fields } from '../../http/fields.js';
import { forbidden, invalidValue } from '../../http/sandbox-api.error.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import { SANDBOX_CHOICES } from '../../sandbox.choices.js';
import { DEFAULT_CLIENT } from '../../sandbox.credentials.js';
import { UsersService } from '../../auth/users.service.js';
import type { AccessTokenWire, InitWire, ServiceTokenWire, TemporaryCodeWire } from '../../wire/auth.wire.js';
import { BearerService } from '../../auth/bearer.service.js';
import { ClientApplications } from '../../auth/client-applications.service.js';
import { CodeExchange } from '../../auth/code-exchange.service.js';
import { TokensService } from '../../auth/tokens.service.js';

const CODE_ACCESS = { singleAccess: 'single', requestAccess: 'standard' } as const;

/**
 * `/auth/*`. Each call names its token in its own way, on purpose.
 *
 * @see protocol notes, section 2
 */
@Controller('auth')
export class AuthController {
  constructor(
    private readonly bearer: BearerService,
    private readonly clients: ClientApplications,
    private readonly exchange: CodeExchange,
    private readonly tokens: TokensService,
    private readonly users: UsersService,
  ) {}

  @Post('init')
  @HttpCode(200)
  init(@Req() request: SandboxRequest): InitWire {
    const body = new Fields(request.body);
    const isPermanent = body.has('client_secret');
    const domain = isPermanent ? this.clients.authenticated(body).domain : this.domainOf(body);
    const user = this.users.create(domain, !isPermanent);
    const type = isPermanent ? 'permanent' : 'temporary';
    const { token } = this.tokens.issue(type, user);
    const expiresIn = isPermanent ? null : SANDBOX_CHOICES.temporarySeconds;
    return { auth_token: token, type, id_user: user.id, expires_in: expiresIn };
  }

  @Get('token/code')
  temporaryCode(@Req() request: SandboxRequest): TemporaryCodeWire {
    const user = this.bearer.user(request);
    const kind = new Fields(request.query).text('type') ?? 'requestAccess';
    if (kind !== 'singleAccess' && kind !== 'requestAccess') {
      throw invalidValue('type');
    }
    const { code } = this.tokens.issueCode(kind, user);
    return {
      code,
      type: 'temporary',
      access: CODE_ACCESS[kind],
      expires_in: SANDBOX_CHOICES.temporarySeconds,
    };
  }

  /** The form of the old guide, still used in the field. */
  @Post('token/code')
  @HttpCode(200)
  temporaryCodeByPost(@Req() request: SandboxRequest): TemporaryCodeWire {
    return this.temporaryCode(request);
  }

  @Post('token/access')
  @HttpCode(200)
  accessToken(@Req() request: SandboxRequest): AccessTokenWire {
    const { token } = this.exchange.exchange(withBasicCredentials(request));
    return { access_token: token, token_type: 'Bearer' };
  }

  @Post('renew')
  @HttpCode(200)
  renew(@Req() request: SandboxRequest): AccessTokenWire {
    const body = new Fields(request.body);
    requireClientCredentials(body);
    const client = this.clients.authenticated(body);
    const issued = this.tokens.issue(
      'permanent',
      this.users.namedOrNew(body.integer('id_user'), client.domain),
    );
    if (body.flag('revoke_previous') === true) {
      this.tokens.revokeOthers(issued);
    }
    return { access_token: issued.token, token_type: 'Bearer' };
  }

  @Post('token')
  @HttpCode(200)
  serviceToken(@Req() request: SandboxRequest): ServiceTokenWire {
    const body = new Fields(request.body);
    requireClientCredentials(body);
    this.clients.authenticated(body);
    const scope = body.raw('scope');
    const text = Array.isArray(scope) ? scope.join(' ') : body.required('scope');
    return { token: this.tokens.issue('service', null).token, scope: text };
  }

  @Delete('token')
  @HttpCode(204)
  revoke(@Req() request: SandboxRequest): void {
    this.tokens.revoke(this.bearer.token(request));
  }

  /** Without a secret the user is temporary; a client id alone still says of which domain. */
  private domainOf(body: Fields): string {
    const id = body.text('client_id');
    if (id === undefined) {
      return DEFAULT_CLIENT.domain;
    }
    const client = this.clients.find(id);
    if (client === undefined) {
      throw forbidden();
    }
    return client.domain;
  }
}

function requireClientCredentials(body: Fields): void {
  if (body.required('grant_type') !== 'client_credentials') {
    throw invalidValue('grant_type');
  }
}
