type Attributes = Readonly<Record<string, string>>;

/**
 * Makes a node of the DOM. Children that are strings become text: nothing of an answer is ever parsed as HTML.
 *
 * Attributes are those of the code, never `style` or a handler, which a strict Content-Security-Policy refuses.
 */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** A button whose label screen readers complete with what it is about: "Remove", "Remove Banque Horizon". */
export class ActionButton {
  readonly node: HTMLButtonElement;
  readonly #label = make('span');
  readonly #subject = make('span', { class: 'spoken' });

  constructor(kind: 'primary' | 'plain' | 'danger', part: string, press: () => void) {
    this.node = make('button', { type: 'button', class: kind, part: `button ${part}` });
    this.node.append(this.#label, this.#subject);
    this.node.addEventListener('click', () => {
      if (!this.isBusy) {
        press();
      }
    });
  }

  label(text: string, subject = ''): void {
    setText(this.#label, text);
    setText(this.#subject, subject === '' ? '' : ` ${subject}`);
  }

  get isBusy(): boolean {
    return this.node.getAttribute('aria-disabled') === 'true';
  }

  /** Not `disabled`: a button that is disabled while it has the focus loses it. */
  set isBusy(busy: boolean) {
    if (busy) {
      this.node.setAttribute('aria-disabled', 'true');
    } else {
      this.node.removeAttribute('aria-disabled');
    }
  }
}

/** Writes only what changed: a live region would announce an equal text again. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}
