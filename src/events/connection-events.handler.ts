import { Injectable, Logger } from '@nestjs/common';
import { OnConnectionEvent, type ConnectionEvent } from 'nestjs-powens-connections';
import { ReceivedEvents } from './received-events.store.js';

/** The host's handler of connection events. The relay awaits it, and delivers the event again if it throws. */
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
