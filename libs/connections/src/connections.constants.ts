/**
 * Name of a registration for which the host set none.
 *
 * @internal
 */
export const DEFAULT_INSTANCE = 'default';

/**
 * Token of the options as the host gave them.
 *
 * @internal
 */
export const MODULE_OPTIONS = 'CONNECTIONS:MODULE_OPTIONS';

/**
 * Token of the options after `resolveOptions`: checked and complete.
 *
 * @internal
 */
export const RESOLVED_OPTIONS = 'CONNECTIONS:RESOLVED_OPTIONS';

/**
 * Token of the static part of the registration.
 *
 * @internal
 */
export const STATIC_EXTRAS = 'CONNECTIONS:STATIC_EXTRAS';

/**
 * Token of what is wrong with the static part of the registration: reported with the problems of the options.
 *
 * @internal
 */
export const EXTRAS_PROBLEMS = 'CONNECTIONS:EXTRAS_PROBLEMS';

/**
 * Token of the `AttemptAuthenticator`: attempts are issued without access to the keys.
 *
 * @internal
 */
export const ATTEMPT_AUTHENTICATOR = 'CONNECTIONS:ATTEMPT_AUTHENTICATOR';

/**
 * Token of the host's DataSource, regardless of its name.
 *
 * @internal
 */
export const CONNECTIONS_DATA_SOURCE = 'CONNECTIONS:DATA_SOURCE';

/**
 * Token of the controllers of one registration: its routes.
 *
 * @internal
 */
export const OWN_CONTROLLERS = 'CONNECTIONS:OWN_CONTROLLERS';
