import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';
import type { AccessToken } from 'nestjs-powens-connections';
import { APP_CONFIG, type AppConfig } from '../config/app.config.js';
import type { AccountDto } from './account.dto.js';
import { parseAccounts } from './parse-accounts.js';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 5_000_000;

/** Powens did not answer the accounts. Holds no cause: the HTTP client's own error carries the token. */
export class AccountsUnavailableError extends Error {
  constructor(readonly reason: string) {
    super(`Powens did not answer the accounts: ${reason}`);
    this.name = AccountsUnavailableError.name;
  }
}

/** Reads bank accounts at Powens, as any code of a host that uses the access token might. */
@Injectable()
export class PowensAccountsClient implements OnApplicationShutdown {
  private readonly logger = new Logger(PowensAccountsClient.name);
  private readonly httpAgent = new HttpAgent({ keepAlive: true, maxSockets: 20 });
  private readonly httpsAgent = new HttpsAgent({ keepAlive: true, maxSockets: 20 });
  private readonly url: string;

  constructor(
    private readonly http: HttpService,
    @Inject(APP_CONFIG) config: AppConfig,
  ) {
    this.url = `${config.powens.apiUrl}/users/me/accounts`;
  }

  /** @throws AccountsUnavailableError when Powens is unreachable, slow, refuses, or answers something else */
  async list(token: AccessToken): Promise<AccountDto[]> {
    try {
      const answer = await token.use((clear) =>
        firstValueFrom(this.http.get<unknown>(this.url, this.request(clear))),
      );
      return parseAccounts(answer.data);
    } catch (error) {
      const unavailable = new AccountsUnavailableError(reasonOf(error));
      this.logger.warn(unavailable.message);
      throw unavailable;
    }
  }

  onApplicationShutdown(): void {
    this.httpAgent.destroy();
    this.httpsAgent.destroy();
  }

  private request(token: string): AxiosRequestConfig {
    return {
      headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' },
      httpAgent: this.httpAgent,
      httpsAgent: this.httpsAgent,
      // `timeout` of this client restarts with every byte; the signal is the whole of it.
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // A redirect would carry the token elsewhere, and proxy variables would route it through strangers.
      maxRedirects: 0,
      proxy: false,
      maxContentLength: MAX_BYTES,
    };
  }
}

/** A status or an error code; never a message, a header or a body. */
function reasonOf(error: unknown): string {
  const { response, code } = error as { response?: { status?: number }; code?: unknown };
  if (response?.status !== undefined) {
    return `status ${response.status}`;
  }
  return typeof code === 'string' ? code : 'an answer that is not what the documentation promises';
}
