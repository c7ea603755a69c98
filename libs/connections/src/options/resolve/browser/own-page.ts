import { ConfigurationError } from '../../../errors/index.js';
import { ownPath } from '../../../values/return-to.js';
import type { Option } from '../../schema/option.js';

/** Any origin will do: whether a path leaves it does not depend on which one it is. */
const SOME_ORIGIN = 'https://own.invalid';

/** An option that is the path of a page of the application; null when absent. */
export const ownPage: Option<string | null> = {
  fallback: null,
  read: (given, path) => {
    const page = typeof given === 'string' ? ownPath(given, SOME_ORIGIN) : null;
    if (given !== undefined && (page === null || /[?#]/.test(page))) {
      throw new ConfigurationError(
        path,
        'must be a path of the own origin, as "/banks/confirm": without query and fragment.',
      );
    }
    return page;
  },
};
