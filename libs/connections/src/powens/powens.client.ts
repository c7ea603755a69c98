import { HttpService } from '@nestjs/axios';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { ConnectionsError } from '../errors/connections.error.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import type { AccessToken } from '../values/secrets/access-token.js';
import type { DeletableConnectionId, VerifiedPowensUserId } from '../values/verified-ids.js';
import type { VerifiedCode } from '../values/webview-callback.js';
import type { WebviewCode } from '../values/secrets/webview-code.js';
import { ApiPath } from './bank/api-path.js';
import { type ListOf, parsePage, type RemotePage } from './bank/parse-page.js';
import { wholeList } from './bank/walk-pages.js';
import { exchangeCall, initCall, type OwnApplication, renewalCall } from './credential-calls.js';
import * as parse from './powens.parsers.js';
import { closeConnections } from './powens-http.options.js';
import { deleting, mapRefusal, noSuchConnection } from './powens.refusals.js';
import { fromUser, type PowensCall, publicGet } from './transport/powens-call.js';
import { callLoggerOf } from './transport/call-log.js';
import { PowensHttp, type PowensLoad } from './transport/powens.http.js';
import { fileOf } from './files/file.parsers.js';
import type { PowensFile } from './files/file.types.js';
import { linkedPath, rootsOf } from './files/linked-path.js';
import { isPowensId } from './wire-values.js';

// Without 401 and 404: those mean wrong credentials or a wrong `apiUrl`, which a new code cannot fix.
const CODE_REFUSED = [400, 403, 409, 410, 422];

const NO_SUCH_USER = [400, 404];

/** Statuses for a token that is unknown, revoked, or of a missing user. */
const TOKEN_REFUSED = [401, 404];

// The name of the bank, and the ends of the consents.
const EXPANDED = 'connector,sources';
const EXPAND = `expand=${EXPANDED}`;

// The largest limit that Powens allows: the connections of nearly every user fit on one page.
const ALL_CONNECTIONS = ApiPath.of('/users/me/connections', { expand: EXPANDED, limit: 1000 });

/**
 * Client of the Powens API, with a method per operation. Failures are `PowensApiError`s.
 *
 * @see https://docs.powens.com/api-reference
 * @internal
 */
@Injectable()
export class PowensClient implements OnApplicationShutdown {
  readonly #powens: ResolvedOptions['powens'];
  readonly #http: PowensHttp;

  constructor(
    @Inject(RESOLVED_OPTIONS) options: ResolvedOptions,
    private readonly http: HttpService,
  ) {
    this.#powens = options.powens;
    this.#http = new PowensHttp(options.powens, http.axiosRef, callLoggerOf(options));
  }

  /** The calls of this process: open, waiting, and the seconds for which Powens asked to wait. */
  load(): PowensLoad {
    return this.#http.load();
  }

  /**
   * Exchanges the code of a callback for a permanent token. Retried only when it certainly was not processed.
   *
   * @param attempt - `redirectUri` is that of the webview URL; sent only with `powens.sendRedirectUri`
   * @param own - client application that the webview URL named; null for that of the options
   * @throws PowensApiError `code_refused` when Powens does not accept the code
   * @see RL-05
   */
  async exchangeCode(
    code: VerifiedCode,
    { redirectUri }: { readonly redirectUri: string },
    own: OwnApplication = null,
  ): Promise<AccessToken> {
    const call = exchangeCall(this.#powens, own, { code, redirectUri });
    return mapRefusal('code_refused', CODE_REFUSED, this.#http.read(call, parse.parseToken));
  }

  /** Creates a permanent user. Every processed call creates another, billable one. */
  async initUser(own: OwnApplication = null): Promise<{ token: AccessToken; powensUserId: string }> {
    const { token, powensUserId } = await this.#http.read(initCall(this.#powens, own), parse.parseInit);
    return { token, powensUserId: powensUserId ?? (await this.getUser(token)).id };
  }

  /**
   * Issues a new token for a user whose token was lost.
   *
   * @param powensUserId - without one Powens would create a user, so it is checked before anything is sent (RL-10)
   * @param options - `revokePrevious` revokes all other tokens of the user; `own` is the client application of its tenant
   * @throws PowensApiError `powens_user_not_found` when Powens itself has no such user
   */
  async renewToken(
    powensUserId: VerifiedPowensUserId,
    { revokePrevious, own = null }: { revokePrevious: boolean; own?: OwnApplication },
  ): Promise<AccessToken> {
    if (!isPowensId(powensUserId)) {
      throw new ConnectionsError('internal_error', 'A token can only be renewed for a Powens user id.');
    }
    const call = renewalCall(this.#powens, own, { powensUserId, revokePrevious });
    return mapRefusal('powens_user_not_found', NO_SUCH_USER, this.#http.read(call, parse.parseToken));
  }

  /** Creates a single-use code that opens the webview for a known user. Use it at once; it is never cached (OA-31). */
  createWebviewCode(token: AccessToken): Promise<WebviewCode> {
    const path = '/auth/token/code?type=singleAccess';
    const call: PowensCall = { ...fromUser('GET', '/auth/token/code', token, path), answer: 'token' };
    return this.#http.read(call, parse.parseCode);
  }

  /** Revokes the token itself. An unknown or already revoked token is not an error (RL-06). */
  revokeToken(token: AccessToken): Promise<void> {
    const check = async (): Promise<unknown> => this.getUser(token);
    return deleting(this.#http.send(fromUser('DELETE', '/auth/token', token)), TOKEN_REFUSED, {
      check,
      confirming: TOKEN_REFUSED,
    });
  }

  /** Returns the user of a token. */
  getUser(token: AccessToken): Promise<parse.PowensUser> {
    return this.#http.read(fromUser('GET', '/users/me', token), parse.parseUser);
  }

  /** Deletes the user with all its connections and data, for good. */
  deleteUser(token: AccessToken): Promise<void> {
    const check = async (): Promise<unknown> => this.getUser(token);
    return deleting(this.#http.send(fromUser('DELETE', '/users/me', token)), [404], {
      check,
      confirming: TOKEN_REFUSED,
    });
  }

  /** Reads all connections of the user, over all pages, within the deadline of one call. */
  async listConnections(token: AccessToken): Promise<parse.PowensConnection[]> {
    const list = { key: 'connections', parse: parse.parseConnection };
    const deadline = this.#http.deadline();
    return wholeList(ALL_CONNECTIONS, async (path) => this.#page(path, token, list, deadline));
  }

  /**
   * Reads one connection.
   *
   * @throws PowensApiError `connection_not_found` when it is not one of this user
   */
  async getConnection(token: AccessToken, id: string): Promise<parse.PowensConnection> {
    const call = this.#toConnection('GET', token, id, `?${EXPAND}`);
    return mapRefusal('connection_not_found', [404], this.#http.read(call, parse.parseConnectionOf(id)));
  }

  /**
   * Synchronises one connection now. Powens answers 409 (`powens_refused`) when it is fresh or being synchronised.
   *
   * @param options - `psuRequested`: whether the end user is present, and so may be asked for a strong authentication
   * @throws PowensApiError `connection_not_found` when it is not one of this user
   */
  async syncConnection(
    token: AccessToken,
    id: string,
    options: { psuRequested: boolean },
  ): Promise<parse.PowensConnection> {
    const query = `?psu_requested=${options.psuRequested}&${EXPAND}`;
    const call = this.#toConnection('PUT', token, id, query);
    return mapRefusal('connection_not_found', [404], this.#http.read(call, parse.parseConnectionOf(id)));
  }

  /** Deletes one connection with its data, for good. One that is already gone is not an error. */
  async deleteConnection(token: AccessToken, id: DeletableConnectionId): Promise<void> {
    const check = async (): Promise<unknown> => this.getConnection(token, id);
    return deleting(this.#http.send(this.#toConnection('DELETE', token, id)), [404], {
      check,
      confirming: [404],
    });
  }

  /** Reads any resource below the API root, with a user's token, or without one where it is public. */
  read<T>(path: ApiPath, token: AccessToken | null, parser: (body: unknown) => T): Promise<T> {
    return this.#http.read(toRead(path, token), parser);
  }

  /** Changes a resource of a user, and returns it. Sent again when its answer is lost: the same values are written twice. */
  update<T>(
    path: ApiPath,
    token: AccessToken,
    body: Readonly<Record<string, unknown>>,
    parser: (body: unknown) => T,
  ): Promise<T> {
    const call = { ...toRead(path, token), method: 'POST' as const, body: () => JSON.stringify(body) };
    return this.#http.read(call, parser);
  }

  /** Opens a file of a user. */
  async openFile(path: ApiPath, token: AccessToken, signal?: AbortSignal): Promise<PowensFile> {
    return fileOf(await this.#http.open({ ...toRead(path, token), answer: 'file', signal }));
  }

  /** The path that an answer links to. */
  linked(href: unknown, from: ApiPath): ApiPath {
    return linkedPath(this.#powens, href, from);
  }

  /** Reads one page of a list. */
  readPage<T>(path: ApiPath, token: AccessToken | null, list: ListOf<T>): Promise<RemotePage<T>> {
    return this.#page(path, token, list, this.#http.deadline());
  }

  /** Runs a call of a setup without the webview. */
  execute<T>(call: PowensCall, parser: (body: unknown) => T): Promise<T> {
    return this.#http.read(call, parser);
  }

  /** As {@link execute}, for a call whose response body is not needed. */
  send(call: PowensCall): Promise<void> {
    return this.#http.send(call);
  }

  /** Closes the connections; pending calls fail. */
  async onApplicationShutdown(): Promise<void> {
    await closeConnections(this.http.axiosRef);
  }

  #page<T>(
    path: ApiPath,
    token: AccessToken | null,
    list: ListOf<T>,
    deadline: number,
  ): Promise<RemotePage<T>> {
    const source = { ...rootsOf(this.#powens), path, ...list };
    return this.#http.read(toRead(path, token), (body) => parsePage(body, source), deadline);
  }

  #toConnection(method: 'GET' | 'PUT' | 'DELETE', token: AccessToken, id: string, query = ''): PowensCall {
    const operation = '/users/me/connections/{id}';
    if (!isPowensId(id)) {
      throw noSuchConnection(`${method} ${operation}`);
    }
    return fromUser(method, operation, token, `/users/me/connections/${id}${query}`);
  }
}

function toRead({ operation, sent }: ApiPath, token: AccessToken | null): PowensCall {
  return token === null ? publicGet(operation, sent) : fromUser('GET', operation, token, sent);
}
