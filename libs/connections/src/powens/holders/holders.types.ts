/**
 * A person as a bank names that person.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/account-ownerships
 * @public
 */
export interface PowensIdentity {
  readonly fullName: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** As `MR`, `MRS`. */
  readonly civility: string | null;
  /** Day, as Powens writes it. */
  readonly birthDate: string | null;
  /** Whether it is the user of the connection; null where Powens does not say so. */
  readonly isUser: boolean | null;
  /** The whole object as Powens sent it, fields without a name here included, as the postal address of the person of a connection. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * The holders of a bank account.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/account-ownerships
 * @public
 */
export interface PowensAccountOwnership {
  readonly accountId: string;
  readonly powensConnectionId: string | null;
  readonly name: string | null;
  readonly bankName: string | null;
  /** As `PRIV`, `ORGA`. */
  readonly usage: string | null;
  readonly hasMultipleHolders: boolean | null;
  /** As `{ scheme: 'iban', value: 'FR76…' }`. */
  readonly identifications: readonly { readonly scheme: string | null; readonly value: string | null }[];
  /** As `{ role: 'holder', identity }`. */
  readonly parties: readonly { readonly role: string | null; readonly identity: PowensIdentity | null }[];
  readonly raw: Readonly<Record<string, unknown>>;
}
