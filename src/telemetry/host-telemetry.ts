import { Logger } from '@nestjs/common';
import type { Sdk } from './sdk.js';

/**
 * The SDK of OpenTelemetry in this process: it keeps metrics for `GET /metrics`, and exports metrics and traces where the standard
 * variables name a collector. Loaded after the start, which does not wait for it; before the start where traces are exported.
 */
export class HostTelemetry {
  #sdk: Promise<Sdk> | null = null;

  constructor(private readonly otlp: boolean) {}

  /** Loads and registers the SDK, once. */
  async begin(): Promise<void> {
    await this.loaded();
  }

  /** As {@link begin}, for a caller that does not wait. */
  beginLater(): void {
    this.begin().catch((error: unknown) => {
      new Logger('Host').error(`OpenTelemetry could not be loaded: ${String(error)}`);
    });
  }

  /** All metrics, in the text format of Prometheus. */
  async metrics(): Promise<string> {
    return (await this.loaded()).metrics();
  }

  async close(): Promise<void> {
    await (await this.#sdk?.catch(() => null))?.close();
  }

  private async loaded(): Promise<Sdk> {
    this.#sdk ??= import('./sdk.js').then(({ startSdk }) => startSdk(this.otlp));
    return this.#sdk;
  }
}
