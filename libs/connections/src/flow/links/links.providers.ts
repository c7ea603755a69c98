import type { Provider } from '@nestjs/common';
import { ShareLinksService } from './share-links.service.js';

/**
 * Links by which owners start connections.
 *
 * @internal
 */
export const LINKS_PROVIDERS: Provider[] = [ShareLinksService];
