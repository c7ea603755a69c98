/**
 * What kept a sandbox from starting. `invalid_option`: a value of the options. `data_dir_unwritable`: the directory of
 * the state cannot be made or written. `data_dir_unreadable`: the state in it is damaged. `port_unavailable`: the port
 * cannot be listened on.
 */
export type SandboxStartErrorCode =
  'invalid_option' | 'data_dir_unwritable' | 'data_dir_unreadable' | 'port_unavailable';

/** A sandbox did not start; the message says why and what to do. `cause` is the error of the system, where there is one. */
export class SandboxStartError extends Error {
  constructor(
    readonly code: SandboxStartErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = SandboxStartError.name;
  }
}
