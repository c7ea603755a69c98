/** Where text goes: `process.stdout`, or what a test puts in its place. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** The variables of the process, or what a test puts in their place. */
export type Environment = Readonly<Record<string, string | undefined>>;
