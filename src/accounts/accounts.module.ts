import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { SessionModule } from '../session/session.module.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { PowensAccountsClient } from './powens-accounts.client.js';

/** Bank accounts, read live. Finds `ConnectionsService` because the connections are registered globally. */
@Module({
  imports: [HttpModule, SessionModule],
  controllers: [AccountsController],
  providers: [AccountsService, PowensAccountsClient],
})
export class AccountsModule {}
