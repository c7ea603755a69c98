import type { ClientConnection } from '../../client/index.js';
import { ConnectionCard, type CardAction } from './connection-card.js';
import { make } from './dom.js';
import type { Words } from '../words/words.js';

/** The cards of all connections, by id. */
export class ConnectionList {
  readonly node = make('ul', { part: 'list' });
  readonly #cards = new Map<string, ConnectionCard>();
  #connections: readonly ClientConnection[] = [];

  constructor(private readonly act: (action: CardAction, connection: ClientConnection) => void) {}

  get connections(): readonly ClientConnection[] {
    return this.#connections;
  }

  show(connections: readonly ClientConnection[], words: Words): void {
    this.#connections = connections;
    const ids = new Set(connections.map(({ id }) => id));
    for (const [id, card] of this.#cards) {
      if (!ids.has(id)) {
        card.node.remove();
        this.#cards.delete(id);
      }
    }
    connections.forEach((connection, index) => {
      const card = this.#cardOf(connection.id);
      card.show(connection, words);
      // A node that is inserted again where it stands would lose the focus.
      if (this.node.children[index] !== card.node) {
        this.node.insertBefore(card.node, this.node.children[index] ?? null);
      }
    });
    // A list without items is one for screen readers, too.
    this.node.hidden = connections.length === 0;
  }

  clear(): void {
    this.#connections = [];
    this.#cards.clear();
    this.node.replaceChildren();
    this.node.hidden = true;
  }

  card(id: string): ConnectionCard | undefined {
    return this.#cards.get(id);
  }

  /** The card that takes the focus when that of `id` goes: the next one, or the one before. */
  neighbour(id: string): ConnectionCard | undefined {
    const index = this.#connections.findIndex((connection) => connection.id === id);
    const next = this.#connections[index + 1] ?? this.#connections[index - 1];
    return next === undefined ? undefined : this.#cards.get(next.id);
  }

  #cardOf(id: string): ConnectionCard {
    const known = this.#cards.get(id);
    if (known !== undefined) {
      return known;
    }
    const card = new ConnectionCard((action) => {
      const connection = this.#connections.find((one) => one.id === id);
      if (connection !== undefined) {
        this.act(action, connection);
      }
    });
    this.#cards.set(id, card);
    return card;
  }
}
