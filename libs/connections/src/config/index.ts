import { registerAs } from '@nestjs/config';
import { optionsFromEnvironment, type EnvironmentOptions } from '../options/environment/read-environment.js';

export { optionsFromEnvironment, type EnvironmentOptions };

/**
 * The namespace `connections` of `@nestjs/config`: the options that stand in the environment, see `docs/options.md`. The
 * application adds what is its own, `owner` at least.
 *
 * @example
 * ```ts
 * ConnectionsModule.forRootAsync({
 *   ...connectionsConfig.asProvider(),
 *   useFactory: (config: EnvironmentOptions) => ({ ...config, owner: (request) => request.user?.id }),
 * })
 * ```
 * @public
 */
export const connectionsConfig = registerAs('connections', () => optionsFromEnvironment(process.env));
