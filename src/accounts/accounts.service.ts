import { Injectable, Logger } from '@nestjs/common';
import {
  ConnectionsError,
  PowensApiError,
  PowensService,
  type PowensAccount,
} from 'nestjs-powens-connections';
import { ProblemException } from '../http/problem.js';
import type { AccountDto } from './account.dto.js';

const logger = new Logger('Accounts');

/** Uses the access token: the purpose of the whole flow. */
@Injectable()
export class AccountsService {
  constructor(private readonly powens: PowensService) {}

  /**
   * Lists the accounts of an owner. The library's client opens the token for the duration of the call and leaves out the
   * accounts of unconfirmed connections: a separate HTTP client of this host would show them.
   */
  async list(owner: string): Promise<AccountDto[]> {
    try {
      const accounts = await this.powens.forOwner(owner).accounts();
      return accounts.map(dtoOf);
    } catch (error) {
      throw translate(error);
    }
  }
}

function dtoOf(account: PowensAccount): AccountDto {
  const { id, powensConnectionId, name, originalName, type, iban, balance, currency } = account;
  return {
    id,
    powensConnectionId: powensConnectionId ?? '',
    name: name ?? originalName ?? '',
    type: type ?? 'unknown',
    iban,
    // For display only: calculations must use the exact text.
    balance: balance === null ? null : Number(balance),
    currency,
  };
}

function translate(error: unknown): unknown {
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
  if (error instanceof PowensApiError) {
    logger.warn(`Powens did not answer the accounts: ${error.message}`);
    return new ProblemException(
      502,
      'upstream_failed',
      'Powens did not answer the accounts. Try again later.',
    );
  }
  // For the caller all other errors are temporary; the log names which one it is.
  logger.error(`The access token cannot be used: ${error.code}, ${error.message}`);
  return new ProblemException(
    503,
    error.code,
    'The access token cannot be used at the moment. Try again later.',
  );
}
