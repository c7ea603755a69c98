import type { ClientConnection } from '../../client/index.js';
import { ActionButton, make, setText } from './dom.js';
import type { Words } from '../words/words.js';

/** What a person may do with a connection. */
export type CardAction = 'repair' | 'sync' | 'remove';

/** One connection of the list. It stays the same node while the connection is there, so that focus is not lost. */
export class ConnectionCard {
  readonly node = make('li', { class: 'card', part: 'connection' });
  readonly #name = make('h3', { tabindex: '-1', part: 'name' });
  readonly #badge = make('span', { part: 'state' });
  readonly #reason = make('p', { class: 'reason' });
  readonly #dates = make('p', { class: 'dates' });
  readonly #repair: ActionButton;
  readonly #sync: ActionButton;
  readonly #remove: ActionButton;

  constructor(act: (action: CardAction) => void) {
    this.#repair = new ActionButton('primary', 'repair', () => act('repair'));
    this.#sync = new ActionButton('plain', 'sync', () => act('sync'));
    this.#remove = new ActionButton('danger', 'remove', () => act('remove'));
    const foot = make('div', { class: 'foot' }, this.#repair.node, this.#sync.node, this.#remove.node);
    this.node.append(
      make('div', { class: 'head' }, this.#name, this.#badge),
      this.#reason,
      this.#dates,
      foot,
    );
  }

  show(connection: ClientConnection, words: Words): void {
    const name = words.nameOf(connection);
    const { requiredAction } = connection;
    const reason = words.reasonOf(connection);
    setText(this.#name, name);
    setText(this.#badge, words.actionOf(connection));
    this.#badge.className = `badge ${requiredAction ?? 'none'}`;
    setText(this.#reason, reason);
    this.#reason.hidden = reason === '';
    setText(this.#dates, words.datesOf(connection).join(' · '));
    this.#repair.label(words.texts.repair, name);
    this.#sync.label(words.texts.sync, name);
    this.#remove.label(words.texts.remove, name);
    this.#repair.node.hidden = requiredAction !== 'reconnect';
    // Powens refuses a synchronisation that a person has to make possible first.
    this.#sync.node.hidden = requiredAction === 'reconnect' || requiredAction === 'contact_support';
  }

  set isBusy(busy: boolean) {
    [this.#repair, this.#sync, this.#remove].forEach((button) => {
      button.isBusy = busy;
    });
    this.node.setAttribute('aria-busy', String(busy));
  }

  /** Where a person continues after a removal. */
  focus(): void {
    this.#name.focus();
  }
}
