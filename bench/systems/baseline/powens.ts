import { Pool } from 'undici';
import type { ServerSetup } from '../../control/protocol.js';

/** A connection as read back. */
export interface ReadBack {
  readonly id: number;
  readonly id_user: number;
  readonly connector_uuid: string | null;
  readonly connector?: { readonly name?: string };
}

/** The baseline's two outbound calls. */
export class BaselinePowens {
  readonly #pool: Pool;

  constructor(private readonly setup: ServerSetup) {
    this.#pool = new Pool(setup.sandboxUrl, { connections: setup.poolSize });
  }

  /** `POST /auth/token/access`. */
  async exchange(code: string): Promise<string> {
    const { clientId, clientSecret } = this.setup.client;
    const answer = await this.#pool.request({
      method: 'POST',
      path: '/2.0/auth/token/access',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({
        grant_type: 'authorization_code',
        client_id: clientId,
        client_secret: clientSecret,
        code,
      }),
    });
    const { access_token: token } = (await ok(answer).body.json()) as { access_token: string };
    return token;
  }

  /** `GET /users/me/connections/{id}`. */
  async readConnection(token: string, id: string): Promise<ReadBack> {
    const answer = await this.#pool.request({
      method: 'GET',
      path: `/2.0/users/me/connections/${id}?expand=connector`,
      headers: { accept: 'application/json', authorization: `Bearer ${token}` },
    });
    return (await ok(answer).body.json()) as ReadBack;
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

function ok<T extends { statusCode: number }>(answer: T): T {
  if (answer.statusCode !== 200) {
    throw new Error(`the sandbox answered ${answer.statusCode}`);
  }
  return answer;
}
