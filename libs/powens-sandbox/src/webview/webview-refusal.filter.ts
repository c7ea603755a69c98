import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { SandboxApiError } from '../http/sandbox-api.error.js';
import { pathOf } from '../http/sandbox-request.js';
import type { SandboxReply, SandboxRequest } from '../http/sandbox-request.js';
import { refusedPage } from './pages/refused.page.js';
import { textsFor } from './pages/texts/texts.js';
import { sendPage } from './webview-reply.js';

/** Shows a refusal of the webview to the person, on a page, without redirecting anywhere. */
@Catch(SandboxApiError)
export class WebviewRefusalFilter implements ExceptionFilter<SandboxApiError> {
  catch(error: SandboxApiError, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const isFrench = /\/fr\//.test(pathOf(http.getRequest<SandboxRequest>().originalUrl));
    const reply = http.getResponse<SandboxReply>();
    sendPage(reply.code(error.status), refusedPage(textsFor(isFrench ? 'fr' : 'en'), error.description));
  }
}
