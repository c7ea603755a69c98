/**
 * Who a connection belongs to in the host's own user registry.
 *
 * @public
 */
export interface Owner {
  /** The host's id of its user or organisation: 1 to 255 characters, any type written as a string, compared exactly. */
  readonly id: string;
  /**
   * The host's tenant, for applications that serve several: 0 to 64 characters. Rows of one tenant are never read
   * for another.
   *
   * @defaultValue `''`
   */
  readonly tenant: string;
  /**
   * Who acts, where the owner is an organisation: the host's id of that person, 1 to 255 characters. Stored with the
   * connection and reported by `connection.created`; it grants nothing: another person of the same owner has the same rights.
   */
  readonly actor?: string;
}
