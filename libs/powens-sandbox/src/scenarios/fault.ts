/** How a planted fault makes an answer go wrong. */
export const FAULT_KINDS = ['status', 'delay', 'timeout', 'reset', 'truncate', 'html503', 'after'] as const;

/** One of {@link FAULT_KINDS}. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault waiting for its call. */
export interface Fault {
  /** Any method when undefined. */
  method?: string;
  /** Any path when undefined; with or without `/2.0`; a trailing `*` takes whatever follows. */
  path?: string;
  kind: FaultKind;
  /** How many more calls it will spoil. */
  times: number;
  status?: number;
  headers?: Record<string, string>;
  /** A string is sent as it stands, anything else as JSON. */
  body?: unknown;
  delayMs?: number;
}
