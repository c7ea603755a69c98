import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { ConnectionsService } from '../connections/connections.service.js';
import { SandboxStore } from '../store/sandbox.store.js';
import { DeliveryEngine } from '../webhooks/delivery/delivery-engine.service.js';
import { WebhookSettingsService } from '../webhooks/registry/webhook-settings.service.js';
import { WebhookRegistry } from '../webhooks/registry/webhook-registry.service.js';

/**
 * Runs the flusher: periodically in real time, and whenever the virtual clock is moved on. What the night changed is
 * applied then too: without a registration it waits until the next read.
 */
@Injectable()
export class WebhookClock implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connections: ConnectionsService,
    private readonly engine: DeliveryEngine,
    private readonly registry: WebhookRegistry,
    private readonly settings: WebhookSettingsService,
    private readonly store: SandboxStore,
  ) {}

  onApplicationBootstrap(): void {
    this.wind();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Starts the period anew: at the start, and when it was changed. */
  wind(): void {
    clearInterval(this.timer);
    this.timer = setInterval(() => this.tick(), this.settings.read().flusherPeriodSeconds * 1000);
    this.timer.unref();
    this.engine.noteRun();
  }

  /** Brings connections up to date, then attempts again what was not acknowledged. */
  tick(): void {
    if (this.registry.hasRegistrations()) {
      this.connections.advanceAll();
      this.store.commit();
    }
    this.engine.run();
  }
}
