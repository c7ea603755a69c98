import { Controller, Get, Param, Req } from '@nestjs/common';
import { ConnectorsService } from '../../connectors/connectors.service.js';
import { paginate } from '../../http/pagination.js';
import { ownedPaths } from '../../http/paths.js';
import type { SandboxRequest } from '../../http/sandbox-request.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import { write } from '../../wire/table/field.js';
import { HOLDER, OWNER_IDENTITY, ownershipToWire } from '../../wire/bank/ownership.wire.js';
import { informationToWire } from '../../wire/profile.wire.js';
import { BankScope, found } from './bank-scope.service.js';
import type { BankPath } from './bank-scope.service.js';

/**
 * Who holds the accounts in use.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/account-ownerships
 */
@Controller()
export class OwnershipsController {
  constructor(
    private readonly connectors: ConnectorsService,
    private readonly scope: BankScope,
    private readonly store: SandboxStore,
  ) {}

  /** Of a user or of a connection: there is no such list of an account. */
  @Get(ownedPaths('account_ownerships', 'connections/:connection/account_ownerships'))
  list(@Req() request: SandboxRequest, @Param() path: BankPath): Record<string, unknown> {
    const all = this.scope
      .accountsOf(request, path)
      .map(({ account, connection }) =>
        ownershipToWire(account, this.connectors.get(connection.idConnector).name),
      );
    const page = paginate(all, request);
    return { account_ownerships: page.items, total: page.total, ...page.links };
  }

  @Get(ownedPaths('connections/:connection/owner_identity'))
  identity(@Req() request: SandboxRequest, @Param() path: BankPath): Record<string, unknown> {
    const { id, idUser } = found(this.scope.connectionsOf(request, path)[0]);
    const source = found(this.store.sources.ownedBy(id)[0]);
    return write(OWNER_IDENTITY, { id_connection: id, id_source: source.id, id_user: idUser, ...HOLDER });
  }

  @Get('users/:user/connections/:connection/informations')
  informations(@Req() request: SandboxRequest, @Param() path: BankPath): Record<string, unknown> {
    found(this.scope.connectionsOf(request, path)[0]);
    return informationToWire(HOLDER.full_name);
  }
}
