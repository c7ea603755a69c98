import type { ClientAttempt, ClientConnection } from '../../client/index.js';
import { FRENCH } from './french.js';
import { ENGLISH, entryOf, fill, type PowensConnectionsTexts } from './texts.js';

/** What a failed call shows. */
export interface ShownProblem {
  readonly title: string;
  readonly detail: string;
}

/** Texts in one language, with values put in. */
export class Words {
  readonly texts: PowensConnectionsTexts;
  /** Language of the texts: where the application replaces some, that of the element. */
  readonly lang: string;
  readonly #language: string;

  /**
   * @param language - as in the attribute `lang`: French is built in, any other language is English unless it is replaced
   * @param replaced - texts of the application
   */
  constructor(language: string, replaced: Partial<PowensConnectionsTexts>) {
    this.#language = isLanguage(language) ? language : 'en';
    const isFrench = /^fr\b/i.test(this.#language);
    this.texts = { ...(isFrench ? FRENCH : ENGLISH), ...replaced };
    const isReplaced = Object.keys(replaced).length > 0;
    this.lang = isReplaced ? this.#language : isFrench ? 'fr' : 'en';
  }

  nameOf({ connectorName }: ClientConnection): string {
    return connectorName === null || connectorName === '' ? this.texts.unnamed : connectorName;
  }

  /** What the state asks for, in a word. */
  actionOf({ requiredAction }: ClientConnection): string {
    return entryOf(this.texts.actions, requiredAction ?? 'none') ?? this.texts.actions.contact_support;
  }

  reasonOf({ requiredAction, state }: ClientConnection): string {
    const { reasons, reasonsOfActions } = this.texts;
    const action = requiredAction ?? 'none';
    return action === 'none'
      ? ''
      : (entryOf(reasons, state ?? '') ?? entryOf(reasonsOfActions, action) ?? '');
  }

  datesOf({ lastSyncedAt, expiresAt }: ClientConnection): string[] {
    const { lastSynced, neverSynced, expires } = this.texts;
    return [
      lastSyncedAt === null ? neverSynced : fill(lastSynced, { date: this.#date(lastSyncedAt, true) }),
      ...(expiresAt === null ? [] : [fill(expires, { date: this.#date(expiresAt, false) })]),
    ];
  }

  attempt({ status }: ClientAttempt): string {
    return entryOf(this.texts.attempts, status) ?? this.texts.attempts.unknown;
  }

  with(text: 'removed' | 'synced' | 'removeTitle', connection: ClientConnection): string {
    return fill(this.texts[text], { name: this.nameOf(connection) });
  }

  #date(text: string, hasTime: boolean): string {
    const format: Intl.DateTimeFormatOptions = {
      dateStyle: 'medium',
      ...(hasTime ? { timeStyle: 'short' } : {}),
    };
    const date = new Date(text);
    return Number.isNaN(date.getTime()) ? text : new Intl.DateTimeFormat(this.#language, format).format(date);
  }
}

function isLanguage(language: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
  } catch {
    return false;
  }
}
