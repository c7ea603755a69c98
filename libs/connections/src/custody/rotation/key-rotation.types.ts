/**
 * How many tokens a key seals.
 *
 * @public
 */
export interface KeyCount {
  readonly keyId: string;
  readonly tokens: number;
  /** Whether new tokens are sealed with it. */
  readonly primary: boolean;
  /** Whether the ring of this process has it; without it, its tokens cannot be used. */
  readonly available: boolean;
}

/**
 * How far a rotation is.
 *
 * @public
 */
export interface RotationProgress {
  /** Tokens re-encrypted by this run. */
  readonly done: number;
  /** Tokens that the primary key did not seal when the run began. */
  readonly total: number;
  /** Tokens that somebody else changed, or was changing, meanwhile: a renewal, or another rotation. */
  readonly skipped: number;
  /** Tokens that could not be opened, left as they are. */
  readonly unreadable: number;
}

/**
 * What a rotation did.
 *
 * @public
 */
export interface RotationReport extends RotationProgress {
  /** Tokens that the primary key still does not seal. At 0 the other keys may be removed. */
  readonly left: number;
}

/**
 * How to rotate.
 *
 * @public
 */
export interface RotateOptions {
  /**
   * Tokens per statement: 1 to 5000.
   *
   * @defaultValue 250
   */
  readonly batchSize?: number;
  /** Called at the start and after each batch. */
  readonly onProgress?: (progress: RotationProgress) => void;
  /** Ends the run after the batch under way; what is done stays done. */
  readonly signal?: AbortSignal;
}

/**
 * What opening every token showed.
 *
 * @public
 */
export interface KeyVerification {
  /** Tokens opened, or tried. */
  readonly checked: number;
  /** Those that could not be opened, by reason. */
  readonly unreadable: {
    /** The ring lacks the key. */
    readonly key_unavailable: number;
    /** The row was changed outside of this library, or another key carries the key's id. */
    readonly token_tampered: number;
  };
}
