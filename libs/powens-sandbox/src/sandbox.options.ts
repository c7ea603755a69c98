import type { LoggerService } from '@nestjs/common';

/** How to start a sandbox. */
export interface PowensSandboxOptions {
  /**
   * Port on 127.0.0.1; 0 takes a free one.
   *
   * @default 0
   */
  port?: number;
  /**
   * Directory of the sandbox's state, which then survives a restart and a `kill -9`; in memory when left out. For one
   * sandbox at a time.
   *
   * @default undefined
   */
  dataDir?: string;
  /**
   * From which accounts, transactions and documents are computed, 0 to 999: the same seed and {@link clock} give the same
   * data to the same calls. A state that is kept goes on with its own.
   *
   * @default 0
   */
  seed?: number;
  /**
   * Where the virtual clock starts, and starts again after a reset; it goes on at the speed of the machine's. A state that
   * is kept goes on with its own.
   *
   * @default now
   */
  clock?: Date;
  /**
   * Where the sandbox's own log lines go: a logger, or Nest's. A fault inside the sandbox itself is logged even when this
   * is `false`.
   *
   * @default false
   */
  logger?: boolean | LoggerService;
}
