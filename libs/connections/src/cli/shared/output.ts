/** A text output: `process.stdout`, or the one of a test. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** The environment variables of the process, or of a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment, the inputs and the outputs of a command. */
export interface CommandContext {
  readonly env: Environment;
  /** What is piped into the command. */
  readonly stdin: AsyncIterable<string | Uint8Array>;
  /** Results. */
  readonly stdout: Output;
  /** Progress and errors, so that results can be piped. */
  readonly stderr: Output;
  /** Aborts on an interrupt signal. */
  readonly signal: AbortSignal;
}
