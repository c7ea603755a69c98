import { Module } from '@nestjs/common';
import { SessionModule } from '../session/session.module.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';

/** Bank accounts, read live. Finds `PowensService` because the connections are registered globally. */
@Module({
  imports: [SessionModule],
  controllers: [AccountsController],
  providers: [AccountsService],
})
export class AccountsModule {}
