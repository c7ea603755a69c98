import type { Hop } from './demo-browser.js';

const METHOD_WIDTH = 6;
const PATH_WIDTH = 57;

/** Prints the demo: numbered steps, the hops of each, their meaning. */
export class Narrator {
  private steps = 0;

  constructor(private readonly print: (line: string) => void) {}

  title(text: string): void {
    this.print(`\n${text}`);
  }

  step(text: string): void {
    this.steps += 1;
    this.print(`\n${String(this.steps).padStart(2)}. ${text}`);
  }

  hop(hop: Hop, meaning: string): void {
    const path = hop.shown.length > PATH_WIDTH ? `${hop.shown.slice(0, PATH_WIDTH - 1)}…` : hop.shown;
    this.print(`    ${hop.method.padEnd(METHOD_WIDTH)} ${path.padEnd(PATH_WIDTH)} ${hop.status}  ${meaning}`);
  }

  /** An operation in the code of the application, without a request. */
  call(code: string, meaning: string): void {
    this.print(`    ${'CALL'.padEnd(METHOD_WIDTH)} ${code.padEnd(PATH_WIDTH)} done ${meaning}`);
  }

  note(text: string): void {
    this.print(`      ${text}`);
  }
}
