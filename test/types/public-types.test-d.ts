import type { ModuleMetadata } from '@nestjs/common';
import {
  ConnectionsModule,
  type AccessToken,
  type ConnectionEvent,
  type ConnectionsModuleOptions,
  type ConnectionsService,
  type PowensService,
} from 'nestjs-powens-connections';
import { describe, expectTypeOf, it } from 'vitest';

describe('the types that an application works with', () => {
  it('should let the module be imported with its required options alone', () => {
    const options: ConnectionsModuleOptions = {
      powens: { domain: 'acme-sandbox', clientId: '1', clientSecret: 'made-up' },
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

  it('should give amounts as exact text', () => {
    type Transaction = Awaited<
      ReturnType<ReturnType<ReturnType<PowensService['forOwner']>['transactions']>['all']>
    >[number];
    expectTypeOf<Transaction['value']>().not.toEqualTypeOf<number>();
  });
});
