import { Injectable } from '@nestjs/common';
import { SANDBOX_CHOICES } from '../../sandbox.choices.js';
import { SandboxStore } from '../../store/sandbox.store.js';
import type { WebhookSettings } from '../../store/webhook.records.js';

/** How webhooks are sent: the defaults, and what an admin route changed. */
@Injectable()
export class WebhookSettingsService {
  constructor(private readonly store: SandboxStore) {}

  /** The settings in force. */
  read(): WebhookSettings {
    return {
      ...SANDBOX_CHOICES.webhookSettings,
      ...this.store.webhooks.settings.get('settings')?.settings,
    };
  }

  /** Changes some of them. */
  change(changes: Partial<WebhookSettings>): WebhookSettings {
    const settings = { ...this.store.webhooks.settings.get('settings')?.settings, ...changes };
    this.store.webhooks.settings.put({ settings });
    return this.read();
  }
}
