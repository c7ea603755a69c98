import type { ConnectionsModuleOptions } from '../connections-module-options.interface.js';
import { optionsOf } from '../resolve/module-options.js';
import type { Option, OptionSet } from '../schema/option.js';
import { ENVIRONMENT, type EnvironmentSetting } from './settings.js';

/**
 * The options that the environment can hold: all but those that are objects or functions of the application.
 *
 * @public
 */
export type EnvironmentOptions = Omit<ConnectionsModuleOptions, 'owner' | 'keyProvider' | 'audit'>;

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

interface Group {
  [name: string]: unknown;
}

/**
 * Reads the options of the environment. Values are converted, not checked: the module does that at boot, all at once.
 *
 * @param variables - of the process; an empty one counts as missing, as compose files and CI systems write it
 */
export function optionsFromEnvironment(variables: Variables): EnvironmentOptions {
  const given = ENVIRONMENT.flatMap((setting) => {
    const text = variables[setting.variable]?.trim() ?? '';
    return text === '' ? [] : [{ path: setting.option.split('.'), value: valueOf(setting, text) }];
  });
  // `processing` alone does not turn webhooks on.
  const hasSecret = given.some(({ path }) => path[0] === 'webhooks' && path[1] === 'auth');
  const options: Group = {};
  for (const { path, value } of given) {
    if (path[0] !== 'webhooks' || hasSecret) {
      set(options, path, value);
    }
  }
  if (hasSecret) {
    set(options, ['webhooks', 'auth', 'type'], 'hmac');
  }
  return options as unknown as EnvironmentOptions;
}

/**
 * Finds the option of a setting.
 *
 * @throws Error when there is none: a fault of the table
 */
export function optionOf({ option }: EnvironmentSetting): Option<unknown> {
  const given = { webhooks: { auth: { type: 'hmac', secrets: '' } } } as const;
  let known: OptionSet = optionsOf(given, { routes: false, production: false });
  let found: Option<unknown> | undefined;
  for (const name of option.split('.')) {
    found = known[name];
    known = found?.below?.({ type: 'hmac' }) ?? {};
  }
  if (found === undefined) {
    throw new Error(`There is no option ${option}.`);
  }
  return found;
}

/** A text that is no number or no boolean stays as it is: the check of the option refuses it. */
function valueOf(setting: EnvironmentSetting, text: string): unknown {
  if (setting.option === 'webhooks.auth.secrets') {
    return text.split(',').map((secret) => secret.trim());
  }
  switch (optionOf(setting).type) {
    case 'number':
      return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : text;
    default:
      return text;
  }
}

function set(options: Group, [name = '', ...below]: readonly string[], value: unknown): void {
  if (below.length === 0) {
    options[name] = value;
    return;
  }
  options[name] ??= {};
  set(options[name] as Group, below, value);
}
