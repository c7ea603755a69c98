import { Injectable } from '@nestjs/common';
import { BearerService } from '../../auth/bearer.service.js';
import { AccountsService } from '../../connections/accounts.service.js';
import { ConnectionsService } from '../../connections/connections.service.js';
import { notFound } from '../../http/sandbox-api.error.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import type { AccountRecord, ConnectionRecord } from '../../store/records.js';

/** What the path of a list of bank data may name. */
export interface BankPath {
  user?: string;
  connection?: string;
  account?: string;
}

/** An account in use, and up to when its data is known. */
export interface SyncedAccount {
  readonly account: AccountRecord;
  readonly connection: ConnectionRecord;
  /** The last successful synchronisation. */
  readonly until: number;
}

/** Finds the accounts that a path of bank data is about: those in use, of the user who calls. */
@Injectable()
export class BankScope {
  constructor(
    private readonly accounts: AccountsService,
    private readonly bearer: BearerService,
    private readonly connections: ConnectionsService,
  ) {}

  /** The connections that the path is about. */
  connectionsOf(request: SandboxRequest, { user: named, connection }: BankPath): ConnectionRecord[] {
    const user = this.bearer.userNamed(request, named);
    return connection === undefined ? this.connections.of(user) : [this.connections.find(user, connection)];
  }

  /** The accounts that the path is about; an account that is named must be among them. */
  accountsOf(request: SandboxRequest, path: BankPath): SyncedAccount[] {
    const inUse = this.connectionsOf(request, path).flatMap((connection) =>
      this.accounts.accountsOf([connection], false).map((account) => ({
        account,
        connection,
        until: connection.lastUpdate ?? account.createdAt,
      })),
    );
    if (path.account === undefined) {
      return inUse;
    }
    return [found(inUse.find(({ account }) => String(account.id) === path.account))];
  }

  /** The account of that id. */
  accountOf(request: SandboxRequest, path: BankPath, id: number): SyncedAccount {
    const accounts = this.accountsOf(request, path);
    return found(accounts.find(({ account }) => account.id === id));
  }
}

/** What was found; 404 for what was not. */
export function found<T>(one: T | undefined): T {
  if (one === undefined) {
    throw notFound();
  }
  return one;
}
