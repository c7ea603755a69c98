import type { ConnectionRecord } from './records.js';
import type { SandboxStore } from './sandbox.store.js';

/** Deletes a connection and its data; the ledger keeps its id. */
export function removeConnection(store: SandboxStore, connection: ConnectionRecord): void {
  for (const { id } of store.accounts.ownedBy(connection.id)) {
    store.transactionEdits.ownedBy(id).forEach((edit) => store.transactionEdits.remove(edit.id));
    store.accounts.remove(id);
  }
  for (const { id } of store.subscriptions.ownedBy(connection.id)) {
    store.documentEdits.ownedBy(id).forEach((edit) => store.documentEdits.remove(edit.id));
    store.subscriptions.remove(id);
  }
  store.sources.ownedBy(connection.id).forEach((source) => store.sources.remove(source.id));
  store.connections.put({ ...connection, deletedAt: store.clock.now() });
}
