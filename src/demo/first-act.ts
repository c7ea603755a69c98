import { expect, locationOf, type ReceivedEvent } from './demo-answers.js';
import type { Passage } from './demo-person.js';
import type { Stage } from './stage.js';

/** Banque Horizon, in the sandbox: she logs in on its own site. */
const ANOTHER_BANK = 'b1f3c0a2-6d4e-5b7a-8c91-0e2d4f6a8b10';

/** The first connection, as a person creates it in a browser, and a second one. */
export class FirstAct {
  constructor(private readonly stage: Stage) {}

  async run(): Promise<void> {
    this.stage.narrator.step('Alice signs in to the application.');
    await this.stage.alice.signIn('alice');
    const first = await this.connectFirstBank();
    const event = await this.seeWhatCameOfIt(first);
    await this.connectSecondBank(event);
    await this.cancel();
    await this.replay(first);
    await this.askTheOtherSide();
  }

  private async connectFirstBank(): Promise<Passage> {
    this.stage.narrator.step('She connects a bank: to the webview, through it, and back.');
    const passage = await this.stage.alice.passWebview({
      outcome: 'success',
      deed: 'terms accepted, bank picked, logged in',
    });
    expect(passage.attempt.status === 'connected', `the attempt is ${passage.attempt.status}, not connected`);
    this.stage.narrator.note('connected: her access token is sealed in the database');
    return passage;
  }

  private async seeWhatCameOfIt(first: Passage): Promise<ReceivedEvent> {
    this.stage.narrator.step('The connection is hers, the handler has the event, the token works.');
    const connections = await this.stage.alice.connections();
    expect(connections.length === 1, `there are ${connections.length} connections, not 1`);
    this.stage.narrator.note(connections[0]?.connectorName ?? 'a bank without a name');
    const event = await this.createdBy(first);
    await this.stage.alice.open('/events', 200, 'what the handlers of this process received');
    this.stage.narrator.note(`${event.type}, Powens user ${event.powensUserId ?? '?'}`);
    const accounts = await this.stage.alice.accounts();
    expect(accounts.length > 0, 'there is no account');
    for (const { name, balance, currency } of accounts) {
      this.stage.narrator.note(`${name}: ${balance ?? '?'} ${currency ?? ''}`);
    }
    return event;
  }

  private async connectSecondBank(first: ReceivedEvent): Promise<void> {
    this.stage.narrator.step('She adds a second bank.');
    const passage = await this.stage.alice.passWebview({
      outcome: 'success',
      deed: 'opened for the same Powens user, bank added',
      connectorUuid: ANOTHER_BANK,
    });
    const { powensUserId } = await this.createdBy(passage);
    expect(powensUserId === first.powensUserId, 'the second bank has another Powens user');
    const connections = await this.stage.alice.connections();
    expect(connections.length === 2, `there are ${connections.length} connections, not 2`);
    this.stage.narrator.note(`2 connections, the same Powens user ${powensUserId ?? '?'}`);
  }

  private async cancel(): Promise<void> {
    this.stage.narrator.step('She starts again, and changes her mind.');
    const { attempt } = await this.stage.alice.passWebview({ outcome: 'access_denied', deed: 'cancelled' });
    expect(attempt.status === 'denied', `the attempt is ${attempt.status}, not denied`);
    this.stage.narrator.note(`${attempt.status}: ${attempt.error ?? '?'}, nothing else changed`);
  }

  private async replay(first: Passage): Promise<void> {
    this.stage.narrator.step('The first callback is opened once more.');
    const again = await this.stage.alice.open(
      first.callback,
      303,
      'back button: the same result, no second exchange',
    );
    expect(locationOf(again).pathname.endsWith(first.attempt.id), 'the same callback leads elsewhere');
    await this.stage.otherBrowser.open(first.callback, 400, "another person's browser: refused");
  }

  private async askTheOtherSide(): Promise<void> {
    this.stage.narrator.step('The sandbox confirms it.');
    const { users, liveTokens, exchangesPerCode } = await this.stage.sandbox.ledger();
    expect(users === 1, `there are ${users} Powens users, not 1`);
    expect(liveTokens === 1, `there are ${liveTokens} live tokens, not 1`);
    expect(exchangesPerCode <= 1, 'a code was exchanged twice');
    this.stage.narrator.note('one Powens user, one live token, no code exchanged twice');
  }

  private createdBy({ attempt }: Passage): Promise<ReceivedEvent> {
    return this.stage.alice.event('connection.created', ({ attemptId }) => attemptId === attempt.id);
  }
}
