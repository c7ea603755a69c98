import type { AccountRecord } from '../store/records.js';

/** The holder of every account of the sandbox. */
const HOLDER = { civility: 'MRS', firstName: 'Camille', lastName: 'Martin' } as const;

/**
 * Who holds an account, as the provider writes it.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/account-ownerships
 */
export function ownershipOf(account: AccountRecord): Record<string, unknown> {
  const name = `${HOLDER.firstName} ${HOLDER.lastName}`;
  return {
    id_connection: account.idConnection,
    id_user: account.idUser,
    id_connector_source: account.idSource,
    identifications: account.iban === null ? [] : [{ scheme_name: 'IBAN', identification: account.iban }],
    usage: account.usage,
    original_name: account.name,
    currency: account.currency,
    number: account.number,
    parties: [
      {
        role: 'HOLDER',
        identity: {
          is_user: true,
          full_name: name,
          first_name: HOLDER.firstName,
          last_name: HOLDER.lastName,
          civility: HOLDER.civility,
          birth_date: '1988-05-04',
        },
      },
    ],
  };
}
