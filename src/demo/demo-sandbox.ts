import { answerOf, type Ledger } from './demo-answers.js';
import { DemoBrowser } from './demo-browser.js';
import type { Narrator } from './narrator.js';

/** What of the ledger belongs to the one Powens user that is kept. */
export interface LedgerOfUser {
  /** Powens users that were neither temporary nor deleted. */
  readonly users: number;
  /** Their tokens that still open something. */
  readonly liveTokens: number;
  /** Their connections that were not deleted. */
  readonly connections: number;
  /** The most often that any code was exchanged. */
  readonly exchangesPerCode: number;
}

/** The other side: what the provider saw, and what happens at the banks. */
export class DemoSandbox {
  private readonly browser: DemoBrowser;

  constructor(sandboxUrl: string, narrator: Narrator) {
    this.browser = new DemoBrowser(sandboxUrl, (hop, meaning) => narrator.hop(hop, meaning));
  }

  /** Puts a connection into a state, as a bank would. */
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
