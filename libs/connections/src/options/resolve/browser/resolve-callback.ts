import type {
  CallbackAnswer,
  CallbackOptions,
  LandingHook,
} from '../../browser/callback-options.interface.js';
import { group } from '../../schema/group.js';
import type { Option } from '../../schema/option.js';
import { developmentFlag, own, whole, word } from '../../schema/values.js';

/** The answers of the callback, with every default. */
export interface ResolvedCallback {
  readonly answer: CallbackAnswer;
  readonly landing: LandingHook | null;
  readonly landingTimeoutMs: number;
  readonly diagnosis: boolean;
}

/** Makes the option `callback`. */
export function callbackOption(production: boolean): Option<ResolvedCallback> {
  return group({
    answer: word(['redirect', 'page', 'json', 'no-content'], 'redirect'),
    landing: own<LandingHook>(
      (given) => typeof given === 'function',
      'must be a function that takes a CallbackResult.',
    ),
    landingTimeoutMs: whole(10, 30_000, 2000),
    diagnosis: developmentFlag(production),
  } satisfies Record<keyof CallbackOptions, unknown>);
}
