import type http from 'node:http';
import type { AxiosAdapter } from 'axios';
import { createLeanAgent, type LeanAgentConfig } from './lean.agent.js';
import { LeanExchange } from './lean.exchange.js';
import type { LeanTarget } from './lean.request.js';

/**
 * What {@link createLeanAdapter} needs to know.
 *
 * @internal
 */
export interface LeanAdapterConfig extends LeanAgentConfig {
  /** Milliseconds for a whole request when `config.timeout` says nothing. Unlike axios' own, never an inactivity timer. */
  readonly totalTimeoutMs: number;
}

/**
 * An axios adapter with its agent.
 *
 * @internal
 */
export interface LeanAdapter extends AxiosAdapter {
  /** Keeps the sockets. Destroy it at shutdown: calls under way then fail at once. */
  readonly agent: http.Agent;
}

/**
 * Makes an axios adapter that keeps axios' API (interceptors, `AxiosError`, transforms, `signal`) and leaves out its
 * stream, redirect and proxy machinery: about half of axios' CPU per call.
 *
 * - talks to one origin only, checked after all interceptors (OA-15);
 * - `config.timeout` is a deadline over everything, waiting for a socket and the last byte included (RL-14);
 * - never follows a redirect, reads no proxy variable, verifies TLS, refuses compressed answers;
 * - cuts the answer at `maxContentLength` bytes (RL-15);
 * - never sends a request twice by itself, not even when a kept socket turns out to be dead (RL-05).
 *
 * @example
 * axios.create({ adapter: createLeanAdapter({ origin, connectTimeoutMs, totalTimeoutMs, maxSockets }) });
 * @internal
 */
export function createLeanAdapter(config: LeanAdapterConfig): LeanAdapter {
  const { hostname, port, protocol, host } = new URL(config.origin);
  const agent = createLeanAgent(config);
  const freshAgent = createLeanAgent(config, false);
  endTogether(agent, freshAgent);
  const target: LeanTarget = {
    agent,
    freshAgent,
    protocol,
    // `URL` keeps the brackets of an IPv6 address, `net` wants none.
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? null : port,
    host,
    prefix: `${protocol}//${host}/`,
    totalTimeoutMs: config.totalTimeoutMs,
  };
  const adapter: AxiosAdapter = (request) =>
    new Promise((resolve, reject) => {
      new LeanExchange(target, request, resolve, reject).start();
    });
  return Object.assign(adapter, { agent });
}

/** Who closes the sockets of an application knows one agent. */
function endTogether(agent: http.Agent, other: http.Agent): void {
  const destroy = agent.destroy.bind(agent);
  agent.destroy = () => {
    other.destroy();
    destroy();
  };
}
