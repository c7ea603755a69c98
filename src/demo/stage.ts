import type { DemoPerson } from './demo-person.js';
import type { DemoSandbox } from './demo-sandbox.js';
import type { Narrator } from './narrator.js';

/** Who and what the acts are played with. */
export interface Stage {
  readonly alice: DemoPerson;
  /** Another browser, signed in as nobody. */
  readonly stranger: DemoPerson;
  readonly sandbox: DemoSandbox;
  readonly narrator: Narrator;
  /** What the application's own code does; no route of it is offered to users. */
  readonly renewToken: (user: string) => Promise<void>;
}
