import { answerOf, expect, locationOf, type Ledger, type ReceivedEvent } from './demo-answers.js';
import { DemoPerson, type Passage } from './demo-person.js';
import type { Narrator } from './narrator.js';

/** Walks the whole flow as a person with a browser would, and tells it hop by hop. */
export class DemoWalk {
  private readonly alice: DemoPerson;

  constructor(
    private readonly hostUrl: string,
    private readonly sandboxUrl: string,
    private readonly narrator: Narrator,
  ) {
    this.alice = this.person();
  }

  async run(): Promise<void> {
    this.narrator.step('Alice signs in to the application.');
    await this.alice.signIn('alice');
    const first = await this.connectFirstBank();
    const event = await this.seeWhatCameOfIt(first);
    await this.connectSecondBank(event);
    await this.cancel();
    await this.replay(first);
    await this.askTheOtherSide();
  }

  private async connectFirstBank(): Promise<Passage> {
    this.narrator.step('She connects a bank: to the webview, through it, and back.');
    const passage = await this.alice.passWebview('success', 'terms accepted, bank picked, logged in');
    expect(passage.attempt.status === 'connected', `the attempt is ${passage.attempt.status}, not connected`);
    this.narrator.note('connected: her access token is sealed in the database');
    return passage;
  }

  private async seeWhatCameOfIt(first: Passage): Promise<ReceivedEvent> {
    this.narrator.step('The connection is hers, the handler is told, the token works.');
    const connections = await this.alice.connections();
    expect(connections.length === 1, `there are ${connections.length} connections, not 1`);
    this.narrator.note(connections[0]?.connectorName ?? 'a bank without a name');
    const event = await this.alice.eventOf(first.attempt);
    await this.alice.open('/events', 200, 'what the handlers of this process received');
    this.narrator.note(`${event.type}, Powens user ${event.powensUserId ?? '?'}`);
    const accounts = await this.alice.accounts();
    expect(accounts.length > 0, 'there is no account');
    for (const { name, balance, currency } of accounts) {
      this.narrator.note(`${name}: ${balance ?? '?'} ${currency ?? ''}`);
    }
    return event;
  }

  private async connectSecondBank(first: ReceivedEvent): Promise<void> {
    this.narrator.step('She adds a second bank.');
    const { attempt } = await this.alice.passWebview(
      'success',
      'opened for the same Powens user, bank added',
    );
    const { powensUserId } = await this.alice.eventOf(attempt);
    expect(powensUserId === first.powensUserId, 'the second bank has another Powens user');
    const connections = await this.alice.connections();
    expect(connections.length === 2, `there are ${connections.length} connections, not 2`);
    this.narrator.note(`2 connections, the same Powens user ${powensUserId ?? '?'}`);
  }

  private async cancel(): Promise<void> {
    this.narrator.step('She starts again, and changes her mind.');
    const { attempt } = await this.alice.passWebview('access_denied', 'cancelled');
    expect(attempt.status === 'denied', `the attempt is ${attempt.status}, not denied`);
    this.narrator.note(`${attempt.status}: ${attempt.error ?? '?'}, nothing else changed`);
  }

  private async replay(first: Passage): Promise<void> {
    this.narrator.step('The first callback is opened once more.');
    const again = await this.alice.open(
      first.callback,
      303,
      'back button: the same result, no second exchange',
    );
    expect(locationOf(again).pathname.endsWith(first.attempt.id), 'the same callback leads elsewhere');
    await this.person().open(first.callback, 400, "a stranger's browser: refused");
  }

  private async askTheOtherSide(): Promise<void> {
    this.narrator.step('The sandbox confirms it.');
    const ledger = new URL('/sandbox/ledger', this.sandboxUrl);
    const { codes, users } = answerOf(await this.alice.open(ledger, 200, 'what the provider saw')) as Ledger;
    const kept = users.filter(({ temporary, deleted }) => !temporary && !deleted).length;
    expect(kept === 1, `there are ${kept} Powens users, not 1`);
    expect(
      codes.every(({ exchanges }) => exchanges <= 1),
      'a code was exchanged twice',
    );
    this.narrator.note('one Powens user, no code exchanged twice');
  }

  private person(): DemoPerson {
    return new DemoPerson(this.hostUrl, this.sandboxUrl, this.narrator);
  }
}
