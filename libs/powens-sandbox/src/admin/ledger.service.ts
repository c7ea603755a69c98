import { Injectable } from '@nestjs/common';
import { ConnectorsService } from '../connectors/connectors.service.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { CallLog } from '../server/call-log.service.js';
import type { Call } from '../server/call-log.service.js';

/** What happened in the sandbox, for tests that prove invariants. Instants are ISO 8601 of the virtual clock. */
export interface Ledger {
  users: { id: number; temporary: boolean; deleted: boolean }[];
  codes: { code: string; idUser: number; kind: string; issuedAt: string; exchanges: number }[];
  tokens: { token: string; idUser: number | null; issuedAt: string; revoked: boolean }[];
  connections: LedgerConnection[];
  calls: Call[];
}

/** A connection in the ledger. */
export interface LedgerConnection {
  id: number;
  idUser: number;
  connectorUuid: string;
  state: string | null;
  createdAt: string;
  deleted: boolean;
}

/** Writes the ledger. */
@Injectable()
export class LedgerService {
  constructor(
    private readonly calls: CallLog,
    private readonly connectors: ConnectorsService,
    private readonly store: SandboxStore,
  ) {}

  /** Everything since the start, or since the last reset. */
  read(): Ledger {
    const { users, codes, tokens } = this.store;
    return {
      users: [...users.all()].map(({ id, temporary, deletedAt }) => ({
        id,
        temporary,
        deleted: deletedAt !== null,
      })),
      codes: [...codes.all()].map(({ code, idUser, kind, issuedAt, exchanges }) => {
        return { code, idUser, kind, issuedAt: iso(issuedAt), exchanges };
      }),
      tokens: [...tokens.all()].map(({ token, idUser, issuedAt, revoked }) => {
        return { token, idUser, issuedAt: iso(issuedAt), revoked };
      }),
      connections: this.connections(),
      calls: this.calls.recent(),
    };
  }

  private connections(): LedgerConnection[] {
    return [...this.store.connections.all()].map((connection) => ({
      id: connection.id,
      idUser: connection.idUser,
      connectorUuid: this.connectors.get(connection.idConnector).uuid,
      state: connection.state,
      createdAt: iso(connection.createdAt),
      deleted: connection.deletedAt !== null,
    }));
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
