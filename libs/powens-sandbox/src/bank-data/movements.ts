import { pick } from './calendar.js';
import type { Day } from './calendar.js';
import {
  MONTHLY,
  MONTHLY_DEPOSIT,
  MONTHLY_SAVING,
  PURCHASES,
  QUARTERLY_FEE,
  YEARLY_INTEREST,
  repayment,
} from './merchants.js';
import type { Movement } from './merchants.js';

/** Of ten days of history; more would make every first synchronisation larger than tests need. */
const PURCHASES_IN_TEN_DAYS = 2;
const REPAYMENT_DAY = 10;
const REPAYMENT = repayment(-1013.37);

/** What moves on an account of some type on some day; undefined for a day on which nothing does. */
type Movements = (day: Day, seed: number, isRecent: boolean) => Movement | undefined;

const CHECKING: Movements = (day, seed, isRecent) => {
  const recurring = MONTHLY.get(day.dayOfMonth);
  if (recurring !== undefined) {
    return recurring;
  }
  if (day.dayOfMonth === 1 && day.month % 3 === 1) {
    return QUARTERLY_FEE;
  }
  // Since the connection exists a day always brings something: tests wait for what a night brought.
  return isRecent || pick(10, seed, day.number) < PURCHASES_IN_TEN_DAYS ? purchase(day, seed) : undefined;
};

const CARD: Movements = (day, seed, isRecent) =>
  isRecent || pick(10, seed, day.number) < PURCHASES_IN_TEN_DAYS
    ? { ...purchase(day, seed), type: 'deferred_card' }
    : undefined;

const SAVINGS: Movements = (day) => {
  if (day.month === 12 && day.dayOfMonth === 31) {
    return YEARLY_INTEREST;
  }
  return day.dayOfMonth === 2 ? MONTHLY_SAVING : undefined;
};

const INVESTMENTS: Movements = (day) => (day.dayOfMonth === 6 ? MONTHLY_DEPOSIT : undefined);

const LOAN: Movements = (day) => (day.dayOfMonth === REPAYMENT_DAY ? REPAYMENT : undefined);

const BY_TYPE: Readonly<Record<string, Movements>> = {
  checking: CHECKING,
  joint: CHECKING,
  card: CARD,
  savings: SAVINGS,
  market: INVESTMENTS,
  pea: INVESTMENTS,
  pee: INVESTMENTS,
  lifeinsurance: INVESTMENTS,
  loan: LOAN,
};

/** The movement of a day on an account: always the same for the same account and day. */
export function movementOn(
  account: { id: number; type: string },
  day: Day,
  isRecent: boolean,
): Movement | undefined {
  return (BY_TYPE[account.type] ?? CHECKING)(day, account.id, isRecent);
}

function purchase(day: Day, seed: number): Movement {
  return PURCHASES[pick(PURCHASES.length, seed, day.number, 7)] ?? QUARTERLY_FEE;
}
