import { Injectable, Logger } from '@nestjs/common';
import { ConnectionsError, ConnectionsService } from 'nestjs-powens-connections';
import { ProblemException } from '../http/problem.js';
import type { AccountDto } from './account.dto.js';
import { AccountsUnavailableError, PowensAccountsClient } from './powens-accounts.client.js';

const logger = new Logger('Accounts');

/** "Use the access token": what the whole exercise is for. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly powens: PowensAccountsClient,
  ) {}

  /** Lists the accounts of an owner. The token is in the clear for the length of the call, and nowhere else. */
  async list(owner: string): Promise<AccountDto[]> {
    try {
      return await this.connections.withToken(owner, (token) => this.powens.list(token));
    } catch (error) {
      throw translate(error);
    }
  }
}

function translate(error: unknown): unknown {
  if (error instanceof AccountsUnavailableError) {
    return new ProblemException(
      502,
      'upstream_failed',
      'Powens did not answer the accounts. Try again later.',
    );
  }
  if (!(error instanceof ConnectionsError)) {
    return error;
  }
  if (error.code === 'not_connected') {
    return new ProblemException(
      409,
      error.code,
      'No bank is connected yet: POST /connections/connect first.',
    );
  }
  // To the caller all the others are a matter of time; the operator reads which one it is.
  logger.error(`The access token cannot be used: ${error.code}, ${error.message}`);
  return new ProblemException(
    503,
    error.code,
    'The access token cannot be used at the moment. Try again later.',
  );
}
