import { powensDate, powensDateTime } from '../http/powens-date-time.js';
import type { AccountRecord, LoanTerms } from '../store/records.js';
import type { LoanWire } from '../wire/bank/account.wire.js';
import { LOAN } from '../wire/bank/account.wire.js';
import { rounded } from '../wire/bank/currency.wire.js';
import { write } from '../wire/table/field.js';
import { AMORTIZATION } from '../wire/bank/wealth.wire.js';
import type { AmortizationWire } from '../wire/bank/wealth.wire.js';
import { addMonths } from './calendar.js';

/** A payment of a loan. */
interface Payment {
  readonly at: number;
  readonly amount: number;
  readonly capital: number;
  readonly interest: number;
  readonly remaining: number;
}

/** The amortizations of a loan, oldest first: all of them, made and due. */
export function amortizationsOf(account: AccountRecord): AmortizationWire[] {
  const { loan, currency } = account;
  const money = (value: number): AmortizationWire['remaining_capital'] => ({ currency, value });
  return loan === undefined
    ? []
    : paymentsOf(account, loan).map(({ at, amount, capital, interest, remaining }) =>
        write(AMORTIZATION, {
          id_account: account.id,
          payment_date: powensDate(at),
          amortization_amount: money(capital),
          interest_amount: money(interest),
          insurance_amount: money(loan.insurance),
          total_payment_amount: money(rounded(amount + loan.insurance)),
          remaining_capital: money(remaining),
          period: powensDate(at).slice(0, 7).replace('-', '_'),
          calculated: [],
          last_update: powensDateTime(account.createdAt),
        }),
      );
}

/** What is left to pay back. */
export function remainingOf(account: AccountRecord, loan: LoanTerms, until: number): number {
  const paid = paymentsOf(account, loan).filter(({ at }) => at <= until);
  return paid.at(-1)?.remaining ?? loan.total;
}

/** The loan of an account, as it stands at a moment; null for any other account. */
export function loanOf(account: AccountRecord, until: number): LoanWire | null {
  const { loan } = account;
  if (loan === undefined) {
    return null;
  }
  const payments = paymentsOf(account, loan);
  const done = payments.filter(({ at }) => at <= until);
  const [last, next] = [done.at(-1), payments[done.length]];
  const paidWith = (payment?: Payment): number | null =>
    payment === undefined ? null : rounded(payment.amount + loan.insurance);
  return write(LOAN, {
    total_amount: loan.total,
    available_amount: 0,
    used_amount: loan.total,
    subscription_date: powensDate(addMonths(account.createdAt, -loan.paid)),
    maturity_date: powensDate(addMonths(account.createdAt, loan.months - loan.paid)),
    start_repayment_date: powensDate(addMonths(account.createdAt, 1 - loan.paid)),
    deferred: false,
    next_payment_amount: paidWith(next),
    next_payment_date: next === undefined ? null : powensDate(next.at),
    rate: loan.rate,
    nb_payments_left: payments.length - done.length,
    nb_payments_done: done.length,
    nb_payments_total: payments.length,
    last_payment_amount: paidWith(last),
    last_payment_date: last === undefined ? null : powensDate(last.at),
    account_label: 'Compte courant',
    insurance_label: loan.insurance === 0 ? null : 'Assurance emprunteur',
    insurance_amount: loan.insurance === 0 ? null : loan.insurance,
    duration: loan.months,
    type: loan.type,
  });
}

/** Payments of the same amount; the last one settles what the rounding left over. */
function paymentsOf({ createdAt }: AccountRecord, loan: LoanTerms): Payment[] {
  const { total, months, paid } = loan;
  const rate = loan.rate / 1200;
  const regular = rounded((total * rate) / (1 - (1 + rate) ** -months));
  let remaining = total;
  return Array.from({ length: months }, (_, index) => {
    const interest = rounded(remaining * rate);
    const capital = index === months - 1 ? remaining : rounded(regular - interest);
    remaining = rounded(remaining - capital);
    const at = addMonths(createdAt, index + 1 - paid);
    return { at, amount: rounded(capital + interest), capital, interest, remaining };
  });
}
