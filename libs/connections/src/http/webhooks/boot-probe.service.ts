import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ConfigurationError } from '../../errors/index.js';
import { PublicRoutes } from '../../options/resolve/public-routes.js';
import { WebhookAuthenticator } from '../../webhooks/authentication/webhook-authenticator.service.js';
import { adapterOfType } from '../host/host-adapter.js';
import { PROBE_HEADER, PROBE_SEGMENT, WebhookIntake } from './webhook-intake.service.js';

/** JSON, so that an earlier parser would accept it. */
const BODY = '{"probe": true}';
const TIMEOUT_MS = 5000;

/**
 * Sends the application a webhook at boot, over a socket of this machine, to see whether its raw bytes arrive. On Express
 * alone: an instance that the host passes in may parse bodies before any other code sees them. On Fastify the hooks of the
 * intake run first by design.
 *
 * @see WH-01, WH-05
 * @internal
 */
@Injectable()
export class WebhookBootProbe implements OnApplicationBootstrap {
  readonly #logger = new Logger('ConnectionsWebhooks');

  constructor(
    private readonly authenticator: WebhookAuthenticator,
    private readonly intake: WebhookIntake,
    private readonly routes: PublicRoutes,
    private readonly host: HttpAdapterHost,
  ) {}

  /**
   * Refuses to boot when signatures could never be checked.
   *
   * @throws ConfigurationError
   */
  async onApplicationBootstrap(): Promise<void> {
    const adapter = adapterOfType(this.host, 'express');
    if (!this.authenticator.isOpen || adapter === null) {
      return;
    }
    const status = await statusOf(
      adapter.getInstance<RequestListener>(),
      `${this.routes.localPath}/webhooks/${PROBE_SEGMENT}`,
      this.intake.probeToken,
    );
    if (status === 500) {
      throw new ConfigurationError(
        'webhooks',
        'needs the raw bytes of requests, and something parses them before: the Express instance given to Nest has body ' +
          'parsers of its own. Let them pass requests below the path of the webhooks, or let Nest make the instance.',
      );
    }
    if (status !== 204) {
      this.#logger.warn(
        `Whether raw bodies of webhooks arrive could not be checked: something before them answered ${status ?? 'nothing'}`,
      );
    }
  }
}

async function statusOf(app: RequestListener, path: string, token: string): Promise<number | null> {
  const server = createServer(app);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return await answered(server, path, token);
  } catch {
    // No loopback or no answer in time proves nothing: boot continues.
    return null;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function answered(server: Server, path: string, token: string): Promise<number | null> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': BODY.length,
      [PROBE_HEADER]: token,
    };
    httpRequest(
      { host: '127.0.0.1', port, path, method: 'POST', headers, timeout: TIMEOUT_MS },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? null);
      },
    )
      .once('timeout', () => {
        reject(new Error('no answer'));
      })
      .once('error', reject)
      .end(BODY);
  });
}
