/** A security that can be held: invented, with a well-formed code. */
export interface Security {
  readonly id: number;
  readonly label: string;
  readonly code: string;
  readonly symbol: string | null;
  readonly market: string | null;
  readonly currency: 'EUR' | 'USD';
  /** Value of one unit around which the value moves. */
  readonly price: number;
  readonly description: string;
}

const FUND = { symbol: null, market: null, currency: 'EUR' } as const;

/** Every security of the sandbox. */
export const SECURITIES: readonly Security[] = [
  {
    ...{ id: 1, label: 'ATELIERS RÉUNIS', code: isin('FR', '000900001'), symbol: 'ATR', market: 'XPAR' },
    ...{ currency: 'EUR', price: 84.2, description: 'Action ordinaire' },
  },
  {
    ...{ id: 2, label: 'LUMEN ÉNERGIE', code: isin('FR', '000900002'), symbol: 'LUM', market: 'XPAR' },
    ...{ currency: 'EUR', price: 21.35, description: 'Action ordinaire' },
  },
  {
    ...{ id: 3, label: 'HARBOR LIGHT INC', code: isin('US', '990000003'), symbol: 'HBL', market: 'XNAS' },
    ...{ currency: 'USD', price: 143.9, description: 'Common stock' },
  },
  {
    ...{ ...FUND, id: 4, label: 'INDICE MONDE ETF', code: isin('LU', '990000004') },
    ...{ price: 312.75, description: 'Fonds indiciel' },
  },
  {
    ...{ ...FUND, id: 5, label: 'OBLIGATIONS EURO PRUDENT', code: isin('FR', '001400005') },
    ...{ price: 98.6, description: 'Fonds obligataire' },
  },
  {
    ...{ ...FUND, id: 6, label: 'FONDS EN EUROS', code: isin('FR', '001400006') },
    ...{ price: 1, description: 'Support en euros' },
  },
];

/** An ISIN with its check digit (ISO 6166): clients that verify it must not stumble. */
export function isin(country: string, number: string): string {
  const digits = Array.from(`${country}${number}`, (one) => parseInt(one, 36)).join('');
  let sum = 0;
  for (let rank = 0; rank < digits.length; rank += 1) {
    const digit = digits.charAt(digits.length - 1 - rank);
    const doubled = Number(digit) * (rank % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return `${country}${number}${(10 - (sum % 10)) % 10}`;
}
