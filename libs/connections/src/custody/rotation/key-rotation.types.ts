/**
 * How many rows need a key.
 *
 * @public
 */
export interface KeyCount {
  readonly keyId: string;
  /** Tokens that it seals. */
  readonly tokens: number;
  /** Connections that it authenticates: without it, they cannot be deleted at Powens. */
  readonly connections: number;
  /** Whether new tokens are sealed with it. */
  readonly primary: boolean;
  /** Whether the ring of this process contains the key; otherwise its tokens cannot be used. */
  readonly available: boolean;
}

/**
 * Progress of a rotation.
 *
 * @public
 */
export interface RotationProgress {
  /** Tokens re-encrypted, and connections authenticated anew, by this run. */
  readonly done: number;
  /** Those that needed another key than the primary when the run began. */
  readonly total: number;
  /** Those that another process changed, or was changing, meanwhile: a renewal, or another rotation. */
  readonly skipped: number;
  /** Tokens that could not be opened, and connections that are not authentic. They are not changed. */
  readonly unreadable: number;
}

/**
 * Result of a rotation.
 *
 * @public
 */
export interface RotationReport extends RotationProgress {
  /** Tokens and connections that still need another key. At 0 the other keys may be removed. */
  readonly left: number;
}

/**
 * How to rotate.
 *
 * @public
 */
export interface RotateOptions {
  /**
   * Rows per statement: 1 to 5000.
   *
   * @defaultValue 250
   */
  readonly batchSize?: number;
  /** Called at the start and after each batch. */
  readonly onProgress?: (progress: RotationProgress) => void;
  /** Ends the run after the current batch; completed batches are kept. */
  readonly signal?: AbortSignal;
}

/**
 * Result of opening every token and verifying every connection.
 *
 * @public
 */
export interface KeyVerification {
  /** Tokens opened and connections verified, or tried. */
  readonly checked: number;
  /** Those that failed, by reason. */
  readonly unreadable: {
    /** The ring lacks the key. */
    readonly key_unavailable: number;
    /** The row was changed outside of this library, or another key carries the key's id. */
    readonly token_tampered: number;
  };
}
