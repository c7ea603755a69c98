import { HttpException, type Logger } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';

/** What a refused route is for. */
export type OpenRoutes = 'the callback' | 'webhooks';

/**
 * Whether a guard of the host threw an error: it came before the interceptors, and refuses.
 *
 * @param isPast - whether the request had passed the guards
 */
export function isOfGuard(error: unknown, isPast: boolean): error is HttpException {
  return !isPast && error instanceof HttpException && [401, 403].includes(error.getStatus());
}

/** Logs that a guard of the host refuses what needs none: which guard, and which option. */
export function logGuardRefusal(
  logger: Logger,
  {
    error,
    routes,
    application,
  }: { error: HttpException; routes: OpenRoutes; application: ApplicationConfig | undefined },
): void {
  const what =
    routes === 'webhooks'
      ? 'webhooks of Powens, which never carry a session'
      : 'the callback: browsers that return from Powens without a session that it accepts are refused';
  logger.warn(
    `A guard of the application (${namesOf(error, application)}) answered ${error.getStatus()} to ${what}. ` +
      'Exempt both with the option routes.publicDecorators, as [Public()]: state, cookie and signature protect them.',
  );
}

/** A guard that throws is in the stack; one that returns false is not, so all global ones are named. */
function namesOf(error: HttpException, application: ApplicationConfig | undefined): string {
  const thrower = /\bat (?:async )?([\w$]+)\.(?:canActivate|handleRequest)\b/.exec(error.stack ?? '')?.[1];
  if (thrower !== undefined && thrower !== 'Object') {
    return thrower;
  }
  const names = [
    ...(application?.getGlobalGuards() ?? []).map(({ constructor }) => constructor.name),
    ...(application?.getGlobalRequestGuards() ?? []).map(({ name }) => String(name)),
  ];
  return names.length === 0 ? 'of routes.publicDecorators' : [...new Set(names)].join(' or ');
}
