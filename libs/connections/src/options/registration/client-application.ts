import type { OptionSet } from '../schema/option.js';
import { requiredText } from '../schema/values.js';

/** How the sentence about an absent value of the Powens console continues. */
export const MISSING = 'is missing. Copy it from the Powens console.';

/** What identifies and proves a client application. */
export const clientApplication = {
  clientId: requiredText(MISSING, {
    pattern: /^\d{1,64}$/,
    problem: 'must be the digits shown in the Powens console, as a text.',
  }),
  // A pasted newline is the usual reason for a secret that "does not work".
  clientSecret: requiredText(MISSING, {
    pattern: /^\S(.*\S)?$/s,
    problem: 'has white space around it. Remove it.',
  }),
} satisfies OptionSet;
