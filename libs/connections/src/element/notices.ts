import { ConnectionsClientError } from '../client/index.js';
import type { PowensErrorDetail } from './element-events.js';
import { reportingSlowness } from './slow-answer.js';
import type { ElementView } from './view/element-view.js';
import { describeProblem } from './words/problems.js';
import type { Words } from './words/words.js';

type Action = PowensErrorDetail['action'];

/** The status line and the problem of an element: what is said, and what takes it back. */
export class Notices {
  /** What the shown problem is about, so that the success of another action leaves it. */
  #problemOf: Action | null = null;
  /** Whether the status is about something that is not done yet. */
  #isPassing = false;

  constructor(
    private readonly view: ElementView,
    private readonly words: () => Words,
  ) {}

  say(text: string): void {
    this.#isPassing = false;
    this.view.say(text);
  }

  /** Says what is true until the next answer. */
  sayForNow(text: string): void {
    this.#isPassing = true;
    this.view.say(text);
  }

  /** An answer to this action has come: what was said until then, and its last problem, are over. */
  answered(action: Action): void {
    if (this.#isPassing) this.say('');
    if (this.#problemOf === action) this.clearProblem();
  }

  clearProblem(): void {
    this.#problemOf = null;
    this.view.problem(null);
  }

  problem(action: Action, error: unknown, retry: (() => void) | null): void {
    const words = this.words();
    this.say('');
    this.#problemOf = action;
    const button = retry === null ? undefined : { label: words.texts.retry, press: retry };
    this.view.problem(describeProblem(error, words), button);
  }

  /** Nothing of a person who is signed out stays on the page. */
  signedOut(retry: () => void): void {
    const words = this.words();
    const { signInTitle: title, signIn: detail, retry: label } = words.texts;
    this.#isPassing = false;
    this.#problemOf = 'load';
    this.view.clear();
    this.view.isSignedOut = true;
    this.view.problem({ title, detail }, { label, press: retry });
  }

  /** Waits for an answer, and says when it is slow, as long as the answer is wanted. */
  async waitFor<T>(answer: Promise<T>, wanted: AbortSignal): Promise<T> {
    return reportingSlowness(answer, (how) => {
      if (!wanted.aborted) this.sayForNow(this.words().texts[how]);
    });
  }
}

/** Whether a call failed with this code. */
export function failedWith(error: unknown, code: string): boolean {
  return error instanceof ConnectionsClientError && error.code === code;
}
