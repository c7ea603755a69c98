import { Injectable, Module, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ConnectionsModule, OnConnectionEvent } from 'nestjs-powens-connections';
import type {
  ConnectionEvent,
  ConnectionsModuleOptions,
  ConnectionsRequest,
} from 'nestjs-powens-connections';
import { database } from './data-source.js';

const ownerOf = (request: ConnectionsRequest): string | undefined => {
  const user = request.headers['x-user'];
  return typeof user === 'string' ? user : undefined;
};

@Injectable()
export class UserGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return ownerOf(context.switchToHttp().getRequest<ConnectionsRequest>()) !== undefined;
  }
}

@Injectable()
export class Handlers {
  heard: (type: string) => void = () => undefined;

  @OnConnectionEvent('*')
  handle(event: ConnectionEvent): void {
    this.heard(event.type);
    console.log(`EVENT ${event.type} ${event.ownerId}`);
  }
}

function options(): ConnectionsModuleOptions {
  return JSON.parse(process.env['CONNECTIONS_OPTIONS'] ?? '') as ConnectionsModuleOptions;
}

@Module({
  imports: [
    TypeOrmModule.forRoot(database),
    ConnectionsModule.forRootAsync({
      useFactory: () => ({ ...options(), owner: ownerOf }),
      routes: { guards: [UserGuard] },
    }),
  ],
  providers: [Handlers],
})
export class AppModule {}
