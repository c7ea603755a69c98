import { ConsoleLogger } from '@nestjs/common';

/** What Nest says about its own construction: a hundred lines that hide the few a person looks for. */
const CONSTRUCTION: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
]);

/** Where Nest reports what stopped the start, with a stack. The caller of the start reports it, in words. */
const START_FAILURE = 'ExceptionHandler';

/** Nest's console logger without the list of modules and routes at every start. */
export class HostLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (!CONSTRUCTION.has(rest.at(-1))) {
      super.log(message, ...rest);
    }
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (rest.at(-1) !== START_FAILURE) {
      super.error(message, ...rest);
    }
  }
}
