import { type Type, VERSION_NEUTRAL, type VersioningOptions, VersioningType } from '@nestjs/common';
import { VERSION_METADATA } from '@nestjs/common/constants.js';
import type { RoutesOptions } from '../options/connections-module-extras.interface.js';
import { CallbackController } from './callback.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

/**
 * Sets the versions of the controllers, once the versioning of the application is known and before Nest maps the routes. By URI a
 * version is part of the redirect URI; otherwise browsers and Powens send none.
 *
 * @internal
 */
export function applyVersions(
  controllers: readonly Type<unknown>[],
  version: RoutesOptions['version'],
  versioning: VersioningOptions | undefined,
): void {
  if (versioning !== undefined) {
    controllers.forEach((controller) => {
      Reflect.defineMetadata(VERSION_METADATA, versionOf(controller, version, versioning.type), controller);
    });
  }
}

function versionOf(
  { prototype }: Type<unknown>,
  version: RoutesOptions['version'],
  type: VersioningType,
): RoutesOptions['version'] {
  if (type === VersioningType.URI) {
    return version;
  }
  const isOpen = prototype instanceof CallbackController || prototype instanceof WebhooksController;
  if (isOpen || version === undefined) {
    return VERSION_NEUTRAL;
  }
  if (type === VersioningType.CUSTOM) {
    // The extractor of the host decides by itself what a request without a version gets.
    return version;
  }
  const versions: (string | typeof VERSION_NEUTRAL)[] = Array.isArray(version) ? version : [version];
  return [...versions, VERSION_NEUTRAL];
}
