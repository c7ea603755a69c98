import { answerOf, type Ledger } from './demo-answers.js';
import { DemoBrowser } from './demo-browser.js';
import type { Narrator } from './narrator.js';

/** The part of the ledger that belongs to the one permanent Powens user. */
export interface LedgerOfUser {
  /** Powens users that were neither temporary nor deleted. */
  readonly users: number;
  /** Their valid tokens. */
  readonly liveTokens: number;
  /** Their connections that were not deleted. */
  readonly connections: number;
  /** The highest number of exchanges of any code. */
  readonly exchangesPerCode: number;
}

/** The provider: its ledger, and the events at the banks. */
export class DemoSandbox {
  private readonly browser: DemoBrowser;

  constructor(sandboxUrl: string, narrator: Narrator) {
    this.browser = new DemoBrowser(sandboxUrl, (hop, meaning) => narrator.hop(hop, meaning));
  }

  /** Sets the state of a connection, as a bank would. */
  async putInState(powensConnectionId: string, state: string, meaning: string): Promise<void> {
    const to = `/sandbox/connections/${powensConnectionId}`;
    await this.browser.hop({ method: 'POST', to, body: { state }, expected: 200, meaning });
  }

  async letTimePass(advanceSeconds: number, meaning: string): Promise<void> {
    await this.browser.hop({
      method: 'POST',
      to: '/sandbox/clock',
      body: { advanceSeconds },
      expected: 200,
      meaning,
    });
  }

  async ledger(): Promise<LedgerOfUser> {
    const hop = await this.browser.hop({
      method: 'GET',
      to: '/sandbox/ledger',
      expected: 200,
      meaning: 'what the provider saw',
    });
    const { users, codes, tokens, connections } = answerOf(hop) as Ledger;
    const permanent = new Set(users.filter(({ temporary }) => !temporary).map(({ id }) => id));
    return {
      users: users.filter(({ id, deleted }) => permanent.has(id) && !deleted).length,
      liveTokens: tokens.filter(({ idUser, revoked }) => permanent.has(idUser ?? 0) && !revoked).length,
      connections: connections.filter(({ idUser, deleted }) => permanent.has(idUser) && !deleted).length,
      exchangesPerCode: Math.max(0, ...codes.map(({ exchanges }) => exchanges)),
    };
  }
}
