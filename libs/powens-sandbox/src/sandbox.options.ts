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
   * Directory of the sandbox's state, which then survives a restart and a `kill -9`; in memory when left out.
   *
   * @default undefined
   */
  dataDir?: string;
  /**
   * Where the sandbox's own log lines go: a logger, or Nest's. A fault inside the sandbox itself is logged even when this
   * is `false`.
   *
   * @default false
   */
  logger?: boolean | LoggerService;
}
