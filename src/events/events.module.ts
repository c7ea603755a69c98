import { Module } from '@nestjs/common';
import { SessionModule } from '../session/session.module.js';
import { ConnectionEventsHandler } from './connection-events.handler.js';
import { EventsController } from './events.controller.js';
import { ReceivedEvents } from './received-events.store.js';

/** The host's handlers, and a route that shows the events they received. */
@Module({
  imports: [SessionModule],
  controllers: [EventsController],
  providers: [ReceivedEvents, ConnectionEventsHandler],
})
export class EventsModule {}
