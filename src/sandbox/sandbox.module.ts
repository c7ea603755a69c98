import { Module, type DynamicModule } from '@nestjs/common';
import type { PowensSandbox } from 'powens-sandbox';
import { SessionModule } from '../session/session.module.js';
import { EMBEDDED_SANDBOX, SandboxController } from './sandbox.controller.js';

/** Routes that only the embedded sandbox supports. */
@Module({})
export class SandboxModule {
  static for(sandbox: PowensSandbox): DynamicModule {
    return {
      module: SandboxModule,
      imports: [SessionModule],
      controllers: [SandboxController],
      providers: [{ provide: EMBEDDED_SANDBOX, useValue: sandbox }],
    };
  }
}
