import { isLoopback } from './loopback.js';

const MAX_PORT = 65_535;

/**
 * Reads variables and collects their problems, so that one start reports everything to repair.
 * An empty variable counts as a missing one: that is how compose files and CI systems write "not set".
 */
export class EnvironmentReader {
  readonly problems: string[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  text(variable: string): string | null {
    const value = this.env[variable]?.trim();
    return value === undefined || value === '' ? null : value;
  }

  /** @returns the port; 0 means "pick a free one" */
  port(variable: string, fallback: number): number {
    const value = this.text(variable);
    if (value === null) {
      return fallback;
    }
    const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
    if (!(port <= MAX_PORT)) {
      this.refuse(variable, 'must be a port number: 0 (pick a free one) to 65535');
      return fallback;
    }
    return port;
  }

  oneOf<T extends string>(variable: string, words: readonly [T, ...T[]]): T {
    const value = this.text(variable);
    const word = words.find((candidate) => candidate === value);
    if (value !== null && word === undefined) {
      this.refuse(variable, `must be one of: ${words.join(', ')}`);
    }
    return word ?? words[0];
  }

  /** @returns an http(s) URL without a trailing slash; plain http is allowed for the loopback host only */
  webUrl(variable: string): string | null {
    const value = this.text(variable);
    if (value === null) {
      return null;
    }
    const problem = problemOfUrl(URL.canParse(value) ? new URL(value) : null);
    if (problem !== null) {
      this.refuse(variable, problem);
    }
    return value.replace(/\/+$/, '');
  }

  refuse(variable: string, problem: string): void {
    this.problems.push(`${variable} ${problem}`);
  }
}

function problemOfUrl(url: URL | null): string | null {
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return 'must be a URL that starts with https:// (or http:// on localhost)';
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return 'must be a URL without a user, query or fragment';
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return 'must start with https:// unless its host is localhost or 127.0.0.1';
  }
  return null;
}
