import type { EventSource } from '../sources/event-source.js';
import { ConfigurationError, type ConfigurationProblem } from '../../errors/index.js';

/** Token of the checked options. */
export const CONSUMER_OPTIONS = Symbol('EVENT_CONSUMER_OPTIONS');

/**
 * Options of `EventConsumerModule`.
 *
 * @public
 */
export interface EventConsumerModuleOptions {
  /** Where the events come from. */
  source: EventSource;
  /**
   * Name of the consumer, at most 64 characters: consumers with different names handle an event once each, also in the same
   * database. Keep it when the application is deployed again.
   *
   * @defaultValue `'default'`
   */
  name?: string;
  /**
   * Name of the DataSource (PostgreSQL) with the table of consumed events.
   *
   * @defaultValue `'default'`
   */
  dataSource?: string;
  /**
   * Number of events that are handled at a time, of different connections. Each may use a database session: stay below the pool.
   *
   * @defaultValue 8
   */
  concurrency?: number;
  /**
   * Number of messages that the process holds at a time: those that are handled, and those that wait for an earlier event of their
   * connection or for their next try.
   *
   * @defaultValue 64
   */
  prefetch?: number;
  /**
   * Number of tries after which an event becomes a dead letter. They are 1 s apart at first, later 30 s.
   *
   * @defaultValue 10
   */
  maxTries?: number;
  /**
   * Milliseconds after which a handler counts as failed.
   *
   * @defaultValue 60 000
   */
  handlerTimeoutMs?: number;
  /**
   * Days after which the record of a consumed event is removed. An event that the broker delivers after that is handled again: keep
   * them longer than the broker keeps messages, and than the outbox keeps events.
   *
   * @defaultValue 30
   */
  retentionDays?: number;
}

/**
 * Checked options, complete.
 *
 * @internal
 */
export type ResolvedConsumerOptions = Readonly<Required<EventConsumerModuleOptions>>;

const DEFAULTS = {
  name: 'default',
  dataSource: 'default',
  concurrency: 8,
  prefetch: 64,
  maxTries: 10,
  handlerTimeoutMs: 60_000,
  retentionDays: 30,
} as const;

/** Maximum of each number; the minimum is 1. */
const MAXIMA = {
  concurrency: 1000,
  prefetch: 10_000,
  maxTries: 1000,
  handlerTimeoutMs: 24 * 60 * 60 * 1000,
  retentionDays: 3650,
} as const;

/**
 * Completes the options.
 *
 * @throws ConfigurationError that names each option that cannot be used
 * @internal
 */
export function resolveConsumerOptions(options: EventConsumerModuleOptions): ResolvedConsumerOptions {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => (value as unknown) !== undefined),
  );
  const resolved = { ...DEFAULTS, ...given } as ResolvedConsumerOptions;
  const problems = [...namesOf(resolved), ...numbersOf(resolved), ...sourceOf(resolved)];
  const [first, ...others] = problems;
  if (first !== undefined) {
    throw new ConfigurationError(first.option, first.problem, others);
  }
  return resolved;
}

function namesOf(options: ResolvedConsumerOptions): ConfigurationProblem[] {
  const unknown = Object.keys(options)
    .filter((name) => name !== 'source' && !(name in DEFAULTS))
    .map((name) => problem(name, 'is unknown.'));
  const isName = /^[\w.:-]{1,64}$/.test(options.name);
  return [
    ...unknown,
    ...(isName ? [] : [problem('name', 'must be 1 to 64 letters, digits or any of _ . : -')]),
  ];
}

function numbersOf(options: ResolvedConsumerOptions): ConfigurationProblem[] {
  return (Object.keys(MAXIMA) as (keyof typeof MAXIMA)[])
    .filter((name) => {
      const value = options[name];
      return !(Number.isInteger(value) && value >= 1 && value <= MAXIMA[name]);
    })
    .map((name) => problem(name, `must be an integer from 1 to ${MAXIMA[name]}.`));
}

function sourceOf({ source }: Partial<ResolvedConsumerOptions>): ConfigurationProblem[] {
  return typeof source?.open === 'function'
    ? []
    : [problem('source', 'is missing. Pass a RabbitMqEventSource or a NatsJetStreamEventSource.')];
}

function problem(name: string, text: string): ConfigurationProblem {
  return { option: `EventConsumerModule.${name}`, problem: text };
}
