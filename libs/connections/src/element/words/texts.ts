/**
 * The texts of the element. `{name}`, `{date}`, `{count}`, `{seconds}` and `{reference}` are replaced where a text has them.
 */
export interface PowensConnectionsTexts {
  readonly heading: string;
  readonly add: string;
  readonly refresh: string;
  readonly repair: string;
  readonly sync: string;
  readonly remove: string;
  readonly cancel: string;
  readonly retry: string;
  readonly empty: string;
  readonly loading: string;
  /** After five seconds without an answer. */
  readonly slow: string;
  /** After fifteen seconds without an answer. */
  readonly stillSlow: string;
  /** In place of a name that is not known. */
  readonly unnamed: string;
  readonly lastSynced: string;
  readonly neverSynced: string;
  readonly expires: string;
  /** What each `requiredAction` is called; `none` when nothing is required. */
  readonly actions: Readonly<Record<RequiredAction, string>>;
  /** Why, by `state`; a state that is not in the list shows the entry of its `requiredAction` in {@link reasonsOfActions}. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly reasonsOfActions: Readonly<Record<RequiredAction, string>>;
  readonly removeTitle: string;
  readonly removeWarning: string;
  readonly removed: string;
  readonly synced: string;
  readonly refreshed: string;
  /** Before the page is left for the webview. */
  readonly leaving: string;
  /** While the webview is open in a popup. */
  readonly inPopup: string;
  /** How an attempt ended, by its `status`. */
  readonly attempts: Readonly<Record<AttemptStatus, string>>;
  readonly signInTitle: string;
  readonly signIn: string;
  readonly unreachableTitle: string;
  readonly unreachable: string;
  readonly unexpectedTitle: string;
  readonly unexpected: string;
  readonly retryAfter: string;
  /** The `instance` of a problem, for a person who asks support. */
  readonly reference: string;
  /** Replaces the `detail` of a problem, by its `code`. The library answers in English. */
  readonly problems: Readonly<Record<string, string>>;
}

type RequiredAction = 'none' | 'reconnect' | 'wait' | 'act_at_bank' | 'contact_support';
type AttemptStatus = 'pending' | 'claimed' | 'connected' | 'denied' | 'failed' | 'expired' | 'unknown';

/** The texts in English. */
export const ENGLISH: PowensConnectionsTexts = {
  heading: 'Connected banks and providers',
  add: 'Add a connection',
  refresh: 'Refresh the list',
  repair: 'Repair',
  sync: 'Update now',
  remove: 'Remove',
  cancel: 'Cancel',
  retry: 'Try again',
  empty: 'Nothing is connected yet.',
  loading: 'Loading …',
  slow: 'This takes longer than usual. Please wait.',
  stillSlow: 'There is still no answer. You may wait, or try again later.',
  unnamed: 'Connection without a name',
  lastSynced: 'Last update: {date}',
  neverSynced: 'Not updated yet',
  expires: 'Your consent ends: {date}',
  actions: {
    none: 'Connected',
    reconnect: 'Action required',
    wait: 'In progress',
    act_at_bank: 'Action required at the bank',
    contact_support: 'Not available',
  },
  reasons: {
    SCARequired: 'The bank asks you to confirm that it is you.',
    webauthRequired: 'The bank asks you to authorise the access again on its site.',
    additionalInformationNeeded: 'The bank asks for a code.',
    decoupled: 'Please confirm in the app of the bank.',
    wrongpass: 'The bank refuses the login or the password.',
    validating: 'Your confirmation is being processed.',
    rateLimiting: 'The bank limits the number of updates. It resumes by itself.',
    websiteUnavailable: 'The bank does not answer. It resumes by itself.',
    bug: 'The update failed. It resumes by itself.',
    actionNeeded: 'The bank has a message for you on its own site. Then update the connection here.',
    passwordExpired: 'The password has expired. Please choose a new one on the site of the bank.',
    notSupported: 'This kind of account is not supported.',
  },
  reasonsOfActions: {
    none: '',
    reconnect: 'Please repair this connection.',
    wait: 'Please wait. It resumes by itself.',
    act_at_bank: 'Please sign in on the site of the bank.',
    contact_support: 'Please contact support.',
  },
  removeTitle: 'Remove {name}?',
  removeWarning:
    'Your consent is withdrawn, and the connection is deleted at Powens, too. This cannot be undone.',
  removed: '{name} was removed.',
  synced: '{name} was updated.',
  refreshed: 'The list was refreshed. Connections: {count}.',
  leaving: 'Opening the page on which you choose and sign in …',
  inPopup: 'Continue in the window that was opened.',
  attempts: {
    pending: 'The connection was not completed.',
    claimed: 'The connection is being completed.',
    connected: 'The connection is complete.',
    denied: 'You cancelled. Nothing was changed.',
    failed: 'The connection failed. Please try again.',
    expired: 'This took too long. Please start again.',
    unknown: 'The answer was lost. Please start again.',
  },
  signInTitle: 'Please sign in',
  signIn: 'Your session has ended. Sign in to see your connections.',
  unreachableTitle: 'No answer',
  unreachable: 'The application does not answer. Check your network, and try again.',
  unexpectedTitle: 'Something went wrong',
  unexpected: 'The answer cannot be shown. Please try again later.',
  retryAfter: 'Try again in {seconds} seconds.',
  reference: 'Reference: {reference}',
  problems: {},
};

/** Puts values into a text, as text. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    /\{(\w+)\}/g,
    (whole, name: string) => (Object.hasOwn(values, name) ? values[name] : undefined) ?? whole,
  );
}

/** The entry of an open list; the names of `Object.prototype` are none. */
export function entryOf(list: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(list, key) ? list[key] : undefined;
}
