import type { AccountTemplate, Connector } from '../connectors/connector.js';
import type { AccountRecord, ConnectionRecord, SourceRecord, SubscriptionRecord } from '../store/records.js';

const CURRENCIES = { FR: 'EUR', DE: 'EUR', GB: 'GBP' } as const;
const BICS = { FR: 'TSTBFRPPXXX', DE: 'TSTBDEFFXXX', GB: 'TSTBGB2LXXX' } as const;
const BANK_CODES = { FR: '3000600001', DE: '50010517', GB: 'TWBK601613' } as const;

/** The account a connection finds for a template: same connection and rank, same numbers. */
export function accountFor(
  template: AccountTemplate,
  at: { id: number; rank: number; connection: ConnectionRecord; source: SourceRecord; connector: Connector },
): AccountRecord {
  const { id, rank, connection, source, connector } = at;
  const number = String(10_000_000_000 + connection.id * 100 + rank);
  return {
    id,
    idConnection: connection.id,
    idUser: connection.idUser,
    idSource: source.id,
    number,
    iban: template.hasIban ? ibanFor(connector.country, number) : null,
    bic: template.hasIban ? BICS[connector.country] : null,
    name: template.name,
    type: template.type,
    idType: template.idType,
    usage: template.usage,
    currency: CURRENCIES[connector.country],
    balance: template.balance,
    coming: template.coming,
    ...(template.loan === undefined ? {} : { loan: template.loan }),
    createdAt: connection.createdAt,
    disabledAt: connection.createdAt,
  };
}

/** The contract a connection finds for a template. */
export function subscriptionFor(
  template: { label: string; subscriber: string },
  at: { id: number; rank: number; connection: ConnectionRecord; source: SourceRecord },
): SubscriptionRecord {
  const { id, rank, connection, source } = at;
  return {
    id,
    idConnection: connection.id,
    idUser: connection.idUser,
    idSource: source.id,
    number: `C-${connection.id}-${rank + 1}`,
    label: template.label,
    subscriber: template.subscriber,
    createdAt: connection.createdAt,
    disabledAt: connection.createdAt,
  };
}

/** An IBAN whose check digits are right (ISO 7064, mod 97-10): clients that verify them must not stumble. */
function ibanFor(country: Connector['country'], number: string): string {
  const lengths = { FR: 11, DE: 10, GB: 8 } as const;
  const account = number.slice(-lengths[country]).padStart(lengths[country], '0');
  const body = `${BANK_CODES[country]}${account}${country === 'FR' ? '89' : ''}`;
  const digits = `${body}${country}00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  const check = 98n - (BigInt(digits) % 97n);
  return `${country}${String(check).padStart(2, '0')}${body}`;
}
