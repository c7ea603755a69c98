import { Injectable } from '@nestjs/common';
import { ExpiryWarningService } from './expiry-warning.service.js';
import { SilenceWarningService } from './silence-warning.service.js';

/**
 * What the sweeper warns of, in one place.
 *
 * @internal
 */
@Injectable()
export class DueWarnings {
  constructor(
    readonly expiry: ExpiryWarningService,
    readonly silence: SilenceWarningService,
  ) {}
}
