import { given, type Fields } from '../../http/fields.js';
import { invalidValue } from '../../http/sandbox-api.error.js';
import type { WebhookSettings } from '../../store/webhook.records.js';

/** Reads the settings to change; what is left out stays. */
export function readSettings(fields: Fields): Partial<WebhookSettings> {
  return {
    ...given('gzip', fields.flag('gzip')),
    ...given('signs', readSigns(fields)),
    ...given('redate', fields.flag('redate')),
    ...given('bigFirstSync', fields.integer('bigFirstSync')),
    ...given('timeoutMs', positive(fields, 'timeoutMs')),
    ...given('flusherPeriodSeconds', positive(fields, 'flusherPeriodSeconds')),
    ...given('parallelism', positive(fields, 'parallelism')),
    ...given('paused', fields.flag('paused')),
    ...given('userAgent', fields.text('userAgent')),
  };
}

function readSigns(fields: Fields): WebhookSettings['signs'] | undefined {
  const signs = fields.text('signs');
  if (signs === undefined || signs === 'plain' || signs === 'compressed') {
    return signs;
  }
  throw invalidValue('signs', 'it is plain or compressed');
}

/** Upper bound: what a timer of Node can wait for, in seconds or in milliseconds alike. */
function positive(fields: Fields, name: string): number | undefined {
  const value = fields.integer(name);
  if (value !== undefined && (value < 1 || value > 2_000_000)) {
    throw invalidValue(name, 'it is between 1 and 2000000');
  }
  return value;
}
