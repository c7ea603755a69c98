import type { DemoPerson } from './demo-person.js';
import type { DemoSandbox } from './demo-sandbox.js';
import type { Narrator } from './narrator.js';

/** The participants of the acts. */
export interface Stage {
  readonly alice: DemoPerson;
  /** Another browser, without a signed-in user. */
  readonly otherBrowser: DemoPerson;
  readonly sandbox: DemoSandbox;
  readonly narrator: Narrator;
  /** Operations of the application's own code, without a public route. */
  readonly renewToken: (user: string) => Promise<void>;
}
