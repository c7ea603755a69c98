import { Injectable, Logger } from '@nestjs/common';
import { OnConnectionEvent, type ConnectionEvent } from 'nestjs-powens-connections';
import { ReceivedEvents } from './received-events.store.js';

/** What the host does when something happens to a connection. The relay awaits it; were it to throw, it is told again. */
@Injectable()
export class ConnectionEventsHandler {
  private readonly logger = new Logger('Events');

  constructor(private readonly received: ReceivedEvents) {}

  @OnConnectionEvent('*')
  onEvent(event: ConnectionEvent): void {
    if (this.received.add(event)) {
      const connection = event.connectionId === null ? '' : ` connection=${event.connectionId}`;
      this.logger.log(`received ${event.type} id=${event.id}${connection}`);
    }
  }
}
