/** What a process of the run is started with, as JSON in `BROKERS_SETTINGS`. */
export interface Settings {
  readonly databaseUrl: string;
  readonly broker: BrokerName;
  readonly brokerUrl: string;
  /** Events that are published at a time: `outbox.batchSize`. */
  readonly batchSize: number;
}

export type BrokerName = 'rabbitmq' | 'nats';

/** Name of the exchange, the stream, the queue's and the subjects' beginning. */
export const NAME = 'proof';

/** Reads the settings of this process. */
export function settingsOf(): Settings {
  return JSON.parse(process.env['BROKERS_SETTINGS'] ?? '{}') as Settings;
}
