import type { RouteMethods } from './route-methods.js';
import type { CallLog } from './call-log.service.js';
import type { Fault } from '../scenarios/fault.js';
import { playBefore, spoilAnswer, spoilsAnswer } from '../scenarios/fault-player.js';
import type { FaultRegistry } from '../scenarios/fault-registry.service.js';
import type { ProviderSettingsService } from '../scenarios/provider-settings.service.js';
import type { SandboxStore } from '../store/sandbox.store.js';
import type { UsersService } from '../auth/users.service.js';
import { methodNotAllowed, rateLimited } from '../http/sandbox-api.error.js';
import { pathOf, withoutVersion } from '../http/sandbox-request.js';
import type { SandboxReply, SandboxRequest } from '../http/sandbox-request.js';

/** What the hooks work with. */
export interface HookServices {
  store: SandboxStore;
  users: UsersService;
  faults: FaultRegistry;
  calls: CallLog;
  settings: ProviderSettingsService;
  routes: RouteMethods;
}

/** True for the routes that are ours and not the provider's: no fault spoils them, no ledger counts them. */
export function isAdminPath(path: string): boolean {
  return path === '/' || path.startsWith('/sandbox/') || path === '/favicon.ico';
}

/** What runs around every call, whatever its route. */
export class ServerHooks {
  private readonly spoilt = new WeakMap<object, Fault>();

  constructor(private readonly services: HookServices) {}

  /** Before a call: time is accounted for, and a planted fault may take the call over. */
  onRequest(request: SandboxRequest, reply: SandboxReply, done: () => void): void {
    this.services.users.purgeExpired();
    request.linkRoot = this.linkRoot(request);
    const path = pathOf(request.originalUrl);
    const isAdmin = isAdminPath(withoutVersion(path));
    const waitSeconds = isAdmin ? null : this.services.settings.takeCall(this.services.store.clock.now());
    if (waitSeconds !== null) {
      reply.code(429).header('retry-after', waitSeconds).send(rateLimited().toErrorObject());
      return;
    }
    if (!isAdmin && this.answersByMethod(request, reply, withoutVersion(path))) {
      return;
    }
    const fault = isAdmin ? undefined : this.services.faults.take(request.method, path);
    if (fault === undefined) {
      done();
      return;
    }
    if (spoilsAnswer(fault)) {
      this.spoilt.set(request, fault);
    }
    playBefore(fault, request, reply, (ms) => this.services.faults.delay(ms)).then(
      (isProcessed) => {
        if (isProcessed) {
          done();
        } else {
          this.noteUnanswered(fault, request);
        }
      },
      () => request.raw.socket.destroy(),
    );
  }

  /** Before an answer is sent: its changes are made durable, and the call is written to the ledger. */
  onSend(
    request: SandboxRequest,
    reply: SandboxReply,
    payload: unknown,
    done: (error: null, payload: unknown) => void,
  ): void {
    this.services.store.commit();
    this.note(request, reply.statusCode);
    const fault = this.spoilt.get(request);
    if (fault === undefined) {
      done(null, payload);
    } else {
      spoilAnswer(fault, request, reply, payload);
    }
  }

  /**
   * Cross-origin requests are answered for any origin, since the bearer is what protects an answer. A path that only
   * has other methods answers 405 and not 404. True when the answer was sent.
   */
  private answersByMethod(request: SandboxRequest, reply: SandboxReply, path: string): boolean {
    if (request.headers.origin !== undefined) {
      reply.header('access-control-allow-origin', '*');
    }
    const methods = request.is404 === true ? this.services.routes.of(path) : [];
    if (methods.length === 0) {
      return false;
    }
    const allowed = methods.join(', ');
    reply.header('allow', allowed);
    if (request.method === 'OPTIONS') {
      reply
        .header('access-control-allow-methods', allowed)
        .header('access-control-allow-headers', 'authorization, content-type')
        .code(204)
        .send();
    } else {
      reply.code(405).send(methodNotAllowed().toErrorObject());
    }
    return true;
  }

  /** The origin that was asked, which may be a proxy's. */
  private linkRoot({ headers }: SandboxRequest): string {
    const isAbsolute = this.services.settings.read().links === 'absolute' && headers.host !== undefined;
    return isAbsolute ? `http://${headers.host}` : '';
  }

  private noteUnanswered(fault: Fault, request: SandboxRequest): void {
    if (fault.kind === 'reset' || fault.kind === 'timeout') {
      this.note(request, 0);
    }
  }

  private note(request: SandboxRequest, status: number): void {
    const path = pathOf(request.originalUrl);
    if (!isAdminPath(withoutVersion(path))) {
      const at = new Date(this.services.store.clock.now()).toISOString();
      this.services.calls.note({ at, method: request.method, path, status });
    }
  }
}
