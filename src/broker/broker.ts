import type { EventPublisher } from 'nestjs-powens-connections';

/** A broker that receives the events. */
export interface HostBroker {
  readonly publisher: EventPublisher;
  close(): Promise<void>;
}
