import { Catch, Inject, Optional, type ArgumentsHost } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { ConnectionsRequest } from '../../options/owner-resolver.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { ConnectionsExceptionFilter } from '../answers/connections-exception.filter.js';
import { passedGuards, rawResponseOf, type HttpResponse } from '../answers/http-exchange.js';
import { isRefusalOfGuard } from '../host/guard-refusals.js';
import { StartConfirmation } from './start-confirmation.service.js';

/**
 * As {@link ConnectionsExceptionFilter}, for starts: a guard of the host that refuses a navigation from another site has not seen a
 * session cookie that is `SameSite=Strict`. The link of the page that asks is followed with it.
 *
 * @internal
 */
@Catch()
export class StartExceptionFilter extends ConnectionsExceptionFilter {
  constructor(
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Inject(RESOLVED_OPTIONS) options: ResolvedOptions,
    @Optional() @Inject(ApplicationConfig) application?: ApplicationConfig,
    @Optional() @Inject(StartConfirmation) private readonly confirmation?: StartConfirmation,
  ) {
    super(adapterHost, options, application);
  }

  override catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ConnectionsRequest>();
    const response = http.getResponse<HttpResponse>();
    const isRefused = isRefusalOfGuard(error, passedGuards.has(rawResponseOf(response)));
    if (isRefused && this.confirmation?.isNeeded(request) === true) {
      this.confirmation.ask(request, response);
      return;
    }
    super.catch(error, host);
  }
}
