import { register } from 'node:module';
import { __decorate, __metadata, __param } from 'tslib';

/** What transformed sources call for their decorators. */
globalThis.babelHelpers = { decorate: __decorate, decorateMetadata: __metadata, decorateParam: __param };

register('./typescript-hooks.mjs', import.meta.url);
