import { Injectable } from '@nestjs/common';

/** Behaviour that differs between domains of the provider, or between two sources: each variant can be tried. */
export interface ProviderSettings {
  /** `_links` of lists: `absolute` URLs as the reference shows, or a `path` only. */
  links: 'absolute' | 'path';
  /** Accounts in the webhook of a synchronisation that failed: those that are `known`, or `none`. */
  accountsOnFailure: 'known' | 'none';
  /** Calls in a minute before 429, or null for no limit. The provider's sandboxes have 30. */
  callsPerMinute: number | null;
  /** Connections of the whole domain before no more is made, or null for no limit. The provider's sandboxes have 50. */
  maxConnections: number | null;
}

const DEFAULTS: ProviderSettings = {
  links: 'absolute',
  accountsOnFailure: 'known',
  callsPerMinute: null,
  maxConnections: null,
};

const MINUTE_MS = 60_000;

/** Holds the switches of `POST /sandbox/settings`, in memory only. */
@Injectable()
export class ProviderSettingsService {
  #settings = DEFAULTS;
  #calls: number[] = [];

  /** How the provider behaves now. */
  read(): ProviderSettings {
    return this.#settings;
  }

  /** Changes some of it. */
  change(changes: Partial<ProviderSettings>): ProviderSettings {
    this.#settings = { ...this.#settings, ...changes };
    return this.#settings;
  }

  /** Everything as at the start. */
  reset(): void {
    this.#settings = DEFAULTS;
    this.#calls = [];
  }

  /**
   * Counts a call.
   *
   * @returns seconds after which to call again when it is one too many, else null
   */
  takeCall(now: number): number | null {
    const { callsPerMinute } = this.#settings;
    if (callsPerMinute === null) {
      return null;
    }
    this.#calls = this.#calls.filter((at) => at > now - MINUTE_MS);
    if (this.#calls.length >= callsPerMinute) {
      const oldest = this.#calls[0] ?? now;
      return Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1000));
    }
    this.#calls.push(now);
    return null;
  }
}
