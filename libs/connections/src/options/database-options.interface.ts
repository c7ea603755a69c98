/**
 * How long the library waits for the host's database.
 *
 * @public
 */
export interface DatabaseOptions {
  /**
   * Milliseconds to wait for a free session of the DataSource's pool: 100 to 60 000. Then the request is answered with 503
   * and the log says how full the pool was, instead of waiting for as long as transactions of the application hold it.
   *
   * @defaultValue 5000
   */
  acquireTimeoutMs?: number;
  /**
   * Milliseconds to wait for the answer to a statement: 1000 to 600 000. Then the link counts as lost, and its session is
   * closed.
   *
   * @defaultValue 15000
   */
  statementTimeoutMs?: number;
}
