import { Controller, Module, Post, Req, type DynamicModule } from '@nestjs/common';
import {
  ConnectionsModule,
  type ConnectionsModuleExtras,
  type ConnectionsModuleOptions,
} from 'nestjs-powens-connections';

interface AnyRequest {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly rawBody?: Buffer;
}

/** What a route of the host saw of a request. */
export interface Echo {
  readonly body: unknown;
  readonly rawBytes: number | null;
  readonly authorization: unknown;
  readonly contentType: unknown;
}

@Controller('echo')
class EchoController {
  @Post()
  echo(@Req() { headers, body, rawBody }: AnyRequest): Echo {
    return {
      body: body ?? null,
      rawBytes: rawBody?.length ?? null,
      authorization: headers['authorization'] ?? null,
      contentType: headers['content-type'] ?? null,
    };
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

/** The library, and beside it a route of the host that tells what it was given. */
export function withEcho(
  options: ConnectionsModuleOptions,
  extras: ConnectionsModuleExtras,
): DynamicModule[] {
  return [ConnectionsModule.forRoot({ ...options, ...extras }), { module: EchoModule }];
}

/** Asks that route. */
export async function echoOf(url: string, body: string, type = 'application/json'): Promise<Echo | number> {
  const response = await fetch(`${url}/echo`, {
    method: 'POST',
    headers: { 'content-type': type, authorization: 'Bearer of-the-host' },
    body,
  });
  return response.ok ? ((await response.json()) as Echo) : response.status;
}
