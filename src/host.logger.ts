import { ConsoleLogger } from '@nestjs/common';

/** Contexts of Nest's own start: a hundred lines that hide the few useful ones. */
const CONSTRUCTION: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
]);

/** The context in which Nest reports a failed start, with a stack. The caller of the start reports it as a message. */
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
