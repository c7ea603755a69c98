import type { ClientConnection } from '../../client/index.js';
import type { CardAction } from './connection-card.js';
import { ConnectionList } from './connection-list.js';
import { ActionButton, make, setText } from './dom.js';
import { styleSheet } from './style-sheet.js';
import type { ShownProblem, Words } from '../words/words.js';

/** What a person does. */
export interface ViewActions {
  readonly add: () => void;
  readonly refresh: () => void;
  readonly act: (action: CardAction, connection: ClientConnection) => void;
}

/** The nodes below the shadow root. It shows and asks; it calls nothing. */
export class ElementView {
  readonly list: ConnectionList;
  readonly add: ActionButton;
  readonly refresh: ActionButton;
  readonly #heading = make('h2', { id: 'heading', part: 'heading', tabindex: '-1' });
  readonly #frame = make('section', { class: 'frame', 'aria-labelledby': 'heading' });
  readonly #empty = make('p', { class: 'empty', hidden: '' });
  /** There from the start: a live region that appears with its text is not announced. */
  readonly #status = make('p', { class: 'status', role: 'status', part: 'status' });
  readonly #alert = make('div', { role: 'alert' });
  readonly #dialog = make('dialog', { 'aria-labelledby': 'question', 'aria-describedby': 'warning' });
  readonly #question = make('h2', { id: 'question' });
  readonly #warning = make('p', { id: 'warning' });
  readonly #cancel = new ActionButton('plain', 'cancel', () => this.#dialog.close(''));
  readonly #confirm = new ActionButton('danger', 'confirm', () => this.#dialog.close('confirmed'));

  constructor(
    private readonly root: ShadowRoot,
    actions: ViewActions,
  ) {
    root.adoptedStyleSheets = [styleSheet()];
    this.add = new ActionButton('primary', 'add', actions.add);
    this.refresh = new ActionButton('plain', 'refresh', actions.refresh);
    this.list = new ConnectionList(actions.act);
    const buttons = make('div', { class: 'foot' }, this.add.node, this.refresh.node);
    const choice = make('div', { class: 'foot' }, this.#cancel.node, this.#confirm.node);
    this.#dialog.append(this.#question, this.#warning, choice);
    this.#frame.append(
      make('div', { class: 'head' }, this.#heading, buttons),
      this.#status,
      this.#alert,
      this.#empty,
      this.list.node,
      this.#dialog,
    );
    root.append(this.#frame);
  }

  /** The texts that do not depend on an answer. */
  label({ texts, lang }: Words): void {
    // Of the texts, which may not be in the language of the page.
    this.#frame.setAttribute('lang', lang);
    setText(this.#heading, texts.heading);
    this.add.label(texts.add);
    this.refresh.label(texts.refresh);
    setText(this.#empty, texts.empty);
  }

  show(connections: readonly ClientConnection[], words: Words): void {
    this.list.show(connections, words);
    this.#empty.hidden = connections.length > 0;
  }

  /** Nothing of a person who is signed out, or of the one before, stays on the page. */
  clear(): void {
    this.list.clear();
    this.isBusy = false;
    this.#empty.hidden = true;
    this.say('');
    this.problem(null);
    this.#dialog.close('');
    setText(this.#question, '');
    this.#confirm.label('');
  }

  /** Without a signed-in person there is nothing to add. */
  set isSignedOut(signedOut: boolean) {
    this.add.node.hidden = signedOut;
  }

  set isBusy(busy: boolean) {
    this.#frame.setAttribute('aria-busy', String(busy));
  }

  /** Says it in the live region; an empty text takes back what it says. */
  say(text: string): void {
    setText(this.#status, text);
  }

  /** Shows what failed, with a button where it can be done again; null takes it away. */
  problem(shown: ShownProblem | null, retry?: { readonly label: string; readonly press: () => void }): void {
    if (shown === null) {
      this.#alert.replaceChildren();
      return;
    }
    const box = make('div', { class: 'problem', part: 'problem' });
    box.append(make('strong', {}, shown.title), make('p', {}, shown.detail));
    if (retry !== undefined) {
      const again = new ActionButton('plain', 'retry', () => {
        // The button goes with the problem, and the focus must not go with it.
        this.focus();
        retry.press();
      });
      again.label(retry.label);
      box.append(make('div', { class: 'foot' }, again.node));
    }
    this.#alert.replaceChildren(box);
  }

  /** Asks before a removal. The browser keeps the focus inside, closes on Escape and puts the focus back. */
  async confirm(connection: ClientConnection, words: Words): Promise<boolean> {
    setText(this.#question, words.with('removeTitle', connection));
    setText(this.#warning, words.texts.removeWarning);
    this.#cancel.label(words.texts.cancel);
    this.#confirm.label(words.texts.remove, words.nameOf(connection));
    this.#dialog.returnValue = '';
    const closed = new Promise<boolean>((resolve) => {
      const answer = (): void => resolve(this.#dialog.returnValue === 'confirmed');
      this.#dialog.addEventListener('close', answer, { once: true });
    });
    this.#dialog.showModal();
    this.#cancel.node.focus();
    return closed;
  }

  /** Whether a person is at this node. */
  hasFocus(node: Node | undefined): boolean {
    return node?.contains(this.root.activeElement) ?? false;
  }

  focus(): void {
    (this.add.node.hidden ? this.#heading : this.add.node).focus();
  }
}
