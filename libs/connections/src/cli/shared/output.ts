/** A text output: `process.stdout`, or the one of a test. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** The environment variables of the process, or of a test. */
export type Environment = Readonly<Record<string, string | undefined>>;
