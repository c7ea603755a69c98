import { expect, type Connection } from './demo-answers.js';
import type { Stage } from './stage.js';

/** Powens refuses to synchronise a connection again so soon. */
const SOON_SECONDS = 180;

/** The later life of a connection: a broken consent, a renewed token, and the deletion. */
export class SecondAct {
  constructor(private readonly stage: Stage) {}

  async run(): Promise<void> {
    this.stage.narrator.step('Later, her first bank refuses the credentials.');
    const [first, second] = await this.stage.alice.connections();
    if (first === undefined || second === undefined) {
      return expect(false, 'the second act needs the two connections of the first');
    }
    await this.breakConsent(first);
    await this.repair(first);
    await this.renewToken();
    await this.deleteConnection(second);
    await this.eraseOwner();
  }

  private async breakConsent(connection: Connection): Promise<void> {
    const { alice, narrator, sandbox } = this.stage;
    await sandbox.letTimePass(SOON_SECONDS, 'time passes');
    await sandbox.putInState(connection.powensConnectionId, 'wrongpass', 'the bank refuses');
    await this.received('connection.action_required', connection);
    narrator.note('pushed by a webhook, without a request');
    const seen = await alice.sync(connection, 'she asks for fresh data');
    expect(seen.requiredAction === 'reconnect', `it asks for ${String(seen.requiredAction)}, not reconnect`);
    narrator.note(
      `${seen.connectorName ?? '?'}: ${String(seen.state)}, required action: ${seen.requiredAction}`,
    );
  }

  private async repair(connection: Connection): Promise<void> {
    const { alice, narrator } = this.stage;
    narrator.step('She repairs it: the same connection, no new token.');
    const { attempt } = await alice.passWebview({
      start: `/connections/${connection.id}/reconnect`,
      outcome: 'success',
      deed: 'logged in anew at the same bank',
    });
    expect(attempt.status === 'connected', `the attempt is ${attempt.status}, not connected`);
    expect(attempt.connectionIds[0] === connection.id, 'the attempt is about another connection');
    const repaired = (await alice.connections()).find(({ id }) => id === connection.id);
    expect(repaired?.requiredAction === null, 'the connection still asks for something');
    await this.received('connection.reconnected', connection);
    await this.received('connection.recovered', connection);
  }

  private async renewToken(): Promise<void> {
    const { alice, narrator, renewToken, sandbox } = this.stage;
    narrator.step('The application renews her token.');
    await renewToken('alice');
    narrator.call("connections.renewToken('alice')", 'a new token is sealed, the old one revoked');
    const { liveTokens } = await sandbox.ledger();
    expect(liveTokens === 1, `there are ${liveTokens} live tokens, not 1`);
    expect((await alice.accounts()).length > 0, 'there is no account');
    narrator.note('one live token, and it is the one that works');
  }

  private async deleteConnection(connection: Connection): Promise<void> {
    const { alice, narrator, sandbox } = this.stage;
    narrator.step('She deletes her second bank.');
    await alice.delete(`/connections/${connection.id}`, 'deleted at Powens and here');
    await alice.open(`/connections/${connection.id}`, 404, 'there is no such connection any more');
    await this.received('connection.deleted', connection);
    const { connections } = await sandbox.ledger();
    expect(connections === 1, `Powens still has ${connections} connections, not 1`);
    narrator.note('one connection is left at Powens, too');
  }

  private async eraseOwner(): Promise<void> {
    const { alice, narrator, sandbox } = this.stage;
    narrator.step('She leaves, and everything of hers with her.');
    await alice.delete('/connections/me', 'token revoked, Powens user deleted, rows erased');
    expect((await alice.connections()).length === 0, 'there still is a connection');
    await alice.open('/accounts', 409, 'there is no token to read them with');
    await alice.event('user.deleted');
    narrator.note('user.deleted');
    const { users, liveTokens, connections } = await sandbox.ledger();
    expect(users + liveTokens + connections === 0, 'Powens still has something of hers');
    narrator.note('no Powens user, no live token, no connection');
  }

  private async received(type: string, { id }: Connection): Promise<void> {
    await this.stage.alice.event(type, ({ connectionId }) => connectionId === id);
    this.stage.narrator.note(type);
  }
}
