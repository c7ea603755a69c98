import { Module } from '@nestjs/common';
import { SessionModule } from '../session/session.module.js';
import { ConnectionEventsHandler } from './connection-events.handler.js';
import { EventsController } from './events.controller.js';
import { ReceivedEvents } from './received-events.store.js';

/** The host's handlers, and a look at what reached them. */
@Module({
  imports: [SessionModule],
  controllers: [EventsController],
  providers: [ReceivedEvents, ConnectionEventsHandler],
})
export class EventsModule {}
