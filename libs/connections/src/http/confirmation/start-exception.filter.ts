import { Catch, type ArgumentsHost } from '@nestjs/common';
import { ConnectionsExceptionFilter } from '../answers/connections-exception.filter.js';
import { passedGuards, rawResponseOf, type HttpResponse } from '../answers/http-exchange.js';
import { isRefusalOfGuard } from '../host/guard-refusals.js';
import { askToConfirm } from './start-confirmation.js';

/**
 * As {@link ConnectionsExceptionFilter}, for starts: a guard of the host that refuses a navigation from another site has not seen a
 * session cookie that is `SameSite=Strict`. The link of the page that asks is followed with it.
 *
 * @internal
 */
@Catch()
export class StartExceptionFilter extends ConnectionsExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    const { options } = this;
    const http = host.switchToHttp();
    const response = http.getResponse<HttpResponse>();
    const isRefused = isRefusalOfGuard(error, passedGuards.has(rawResponseOf(response)));
    if (isRefused && options !== undefined && askToConfirm(http.getRequest(), response, options)) {
      return;
    }
    super.catch(error, host);
  }
}
