import type { PowensConnectionsElement } from 'nestjs-powens-connections/element';
import { reasonOf, send } from './calls.js';
import { EventLog } from './event-log.js';
import { byId } from './nodes.js';

/** Who is signed in, and what the page shows then. */
class DemoPage {
  private readonly events = new EventLog();
  private element: PowensConnectionsElement | null = null;

  constructor() {
    this.events.changed = () => this.refresh();
    this.events.signedOut = () => this.showSignIn();
    onSubmit('sign-in', async (form) => this.signIn(valueOf(form, 'user')));
    onSubmit('bank', async (form) => this.playTheBank(valueOf(form, 'state')));
    byId('sign-out', HTMLButtonElement).addEventListener('click', () => run(this.signOut()));
  }

  show(user: string): void {
    if (user === '') {
      this.showSignIn();
    } else {
      this.showConnections(user);
    }
  }

  private async signIn(user: string): Promise<void> {
    const problem = await reasonOf(send('POST', 'session', { user }));
    byId('sign-in-problem').textContent = problem ?? '';
    if (problem === null) {
      this.showConnections(user);
      byId('signed-in-title').focus();
    }
  }

  private async signOut(): Promise<void> {
    const problem = await reasonOf(send('DELETE', 'session'));
    byId('sign-out-problem').textContent = problem ?? '';
    if (problem !== null) return;
    this.showSignIn();
    byId('user').focus();
  }

  /** The element comes with the person: one that is there before the sign-in would be answered 401. */
  private showConnections(user: string): void {
    byId('signed-in-title').textContent = `Signed in as ${user}`;
    const element = document.createElement('powens-connections');
    element.setAttribute('base-url', 'connections');
    element.setAttribute('return-to', location.pathname);
    element.addEventListener('powens-sign-in', () => this.showSignIn());
    // Shown once: the address without it can be kept and loaded again.
    element.addEventListener('powens-attempt', () => history.replaceState(null, '', location.pathname));
    byId('element').replaceChildren(element);
    this.element = element;
    this.turn(true);
    this.events.start();
  }

  private showSignIn(): void {
    this.events.stop();
    this.element = null;
    byId('element').replaceChildren();
    this.turn(false);
  }

  private turn(isSignedIn: boolean): void {
    byId('signed-in').hidden = !isSignedIn;
    byId('signed-out').hidden = isSignedIn;
  }

  private async playTheBank(state: string): Promise<void> {
    const problem = await reasonOf(send('POST', 'sandbox-states', { state }));
    byId('bank-problem').textContent = problem ?? '';
  }

  /** An event says that something changed; the list says what. */
  private refresh(): void {
    run(this.element?.refresh() ?? Promise.resolve());
  }
}

/** The sandbox has no form where the provider is a real one. */
function onSubmit(id: string, submitted: (form: HTMLFormElement) => Promise<void>): void {
  const form = document.getElementById(id);
  if (form instanceof HTMLFormElement) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      run(submitted(form));
    });
  }
}

function valueOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : '';
}

function run(work: Promise<unknown>): void {
  work.catch((error: unknown) => reportError(error));
}

new DemoPage().show(document.body.dataset['user'] ?? '');
