import type { ModuleMetadata } from '@nestjs/common';
import {
  ConnectionsModule,
  OnConnectionEvent,
  type AccessToken,
  type ConnectionCreatedEvent,
  type ConnectionEvent,
  type ConnectionsModuleOptions,
  type ConnectionsService,
  type PowensService,
} from 'nestjs-powens-connections';
import { describe, expectTypeOf, it } from 'vitest';

const CLIENT = { domain: 'acme-sandbox', clientId: '1', clientSecret: 'made-up' };

describe('the types that an application works with', () => {
  it('should let the module be imported with its required options alone', () => {
    const options: ConnectionsModuleOptions = {
      powens: CLIENT,
      publicUrl: 'https://app.example.com',
      keys: 'k1:made-up',
      owner: () => 'alice',
    };
    expectTypeOf(ConnectionsModule.forRoot(options)).toExtend<
      NonNullable<ModuleMetadata['imports']>[number]
    >();
  });

  it('should refuse a module without credentials, and an option that does not exist', () => {
    // @ts-expect-error -- `powens` is required
    ConnectionsModule.forRoot({ publicUrl: 'https://app.example.com', keys: 'k1:made-up' });
    // @ts-expect-error -- a misspelt option must not be ignored in silence
    expectTypeOf<{ publicURL: string }>().toExtend<ConnectionsModuleOptions>();
    const options = { powens: CLIENT, publicUrl: 'https://app.example.com', keys: 'k1:made-up' };
    // @ts-expect-error -- a misspelt option beside all that are required
    ConnectionsModule.forRoot({ ...options, webhook: { auth: { type: 'bearer' } } });
    // @ts-expect-error -- webhooks without a way to verify them
    ConnectionsModule.forRoot({ ...options, webhooks: {} });
    // @ts-expect-error -- another type's options
    ConnectionsModule.forRoot({ ...options, webhooks: { auth: { type: 'bearer', secrets: 'made-up' } } });
    // @ts-expect-error -- an option that its factory must return
    ConnectionsModule.forRootAsync({ useFactory: () => options, publicUrl: 'https://app.example.com' });
  });

  it('should not let a token be used as text', () => {
    expectTypeOf<AccessToken>().not.toExtend<string>();
    expectTypeOf<Parameters<ConnectionsService['withToken']>[1]>().parameter(0).toEqualTypeOf<AccessToken>();
  });

  it('should give each type of event its own data', () => {
    expectTypeOf<ConnectionEvent<'connection.created'>['type']>().toEqualTypeOf<'connection.created'>();
    type Failed = ConnectionEvent<'attempt.failed'>['data'];
    expectTypeOf<ConnectionEvent<'connection.created'>['data']>().not.toEqualTypeOf<Failed>();
  });

  it('should narrow an event by its type', () => {
    const dataOf = (event: ConnectionEvent): unknown => {
      switch (event.type) {
        case 'connection.created':
          return event.data.sameConnectorAs;
        case 'connection.deleted':
          return event.data.reason satisfies 'requested' | 'unconfirmed' | 'gone_at_powens';
        case 'account.found':
          return event.data.powensObjectId;
        default:
          // @ts-expect-error -- no other type has it
          return event.data.sameConnectorAs;
      }
    };
    expectTypeOf(dataOf).parameter(0).toEqualTypeOf<ConnectionEvent>();
    expectTypeOf<ConnectionCreatedEvent>().toExtend<ConnectionEvent>();
  });

  it('should let a handler take its own events, more of them, or nothing', () => {
    abstract class Handlers {
      @OnConnectionEvent('connection.created')
      created(event: ConnectionCreatedEvent): string {
        return event.id;
      }

      @OnConnectionEvent('connection.created')
      every(event: ConnectionEvent): string {
        return event.id;
      }

      @OnConnectionEvent(['connection.deleted', 'user.deleted'], { instance: 'north' })
      several(event: ConnectionEvent<'connection.deleted' | 'user.deleted'>): string {
        return event.id;
      }

      @OnConnectionEvent('*')
      nothing(): string {
        return 'done';
      }
    }
    expectTypeOf<Handlers['every']>().parameter(0).toEqualTypeOf<ConnectionEvent>();
  });

  it('should refuse a handler of another type of event', () => {
    abstract class Handlers {
      // @ts-expect-error -- it is called with another type
      @OnConnectionEvent('connection.deleted')
      deleted(event: ConnectionCreatedEvent): string {
        return event.id;
      }

      // @ts-expect-error -- one of the two is another type
      @OnConnectionEvent(['connection.created', 'connection.deleted'])
      either(event: ConnectionCreatedEvent): string {
        return event.id;
      }

      // @ts-expect-error -- it is called with all types
      @OnConnectionEvent('*')
      every(event: ConnectionCreatedEvent): string {
        return event.id;
      }

      // @ts-expect-error -- there is no such type
      @OnConnectionEvent('connection.create')
      unknown(): string {
        return 'never';
      }
    }
    expectTypeOf<Handlers['unknown']>().returns.toEqualTypeOf<string>();
  });

  it('should give amounts as exact text', () => {
    type Transaction = Awaited<
      ReturnType<ReturnType<ReturnType<PowensService['forOwner']>['transactions']>['all']>
    >[number];
    expectTypeOf<Transaction['value']>().not.toEqualTypeOf<number>();
  });
});
