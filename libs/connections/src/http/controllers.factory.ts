import {
  applyDecorators,
  Controller,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiExcludeController, ApiTags } from './openapi/swagger.js';
import { DEFAULT_INSTANCE } from '../connections.constants.js';
import type {
  ConnectionsModuleExtras,
  RoutesOptions,
} from '../options/connections-module-extras.interface.js';
import { answerInterceptor, type AnswerRules } from './answers/answer.interceptor.js';
import { CallbackExceptionFilter } from './answers/callback-exception.filter.js';
import {
  ConnectionsExceptionFilter,
  WebhookExceptionFilter,
} from './answers/connections-exception.filter.js';
import { PAGE_HEADERS } from './answers/http-exchange.js';
import { Untouched } from './answers/untouched.decorator.js';
import { assertBodyRead } from './input/parse-faults.js';
import { StartExceptionFilter } from './confirmation/start-exception.filter.js';
import { CallbackController } from './callback.controller.js';
import { ConnectController } from './connect.controller.js';
import { ConnectionsController } from './connections.controller.js';
import { CustomConnectionsController } from './custom-connections.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { LifecycleController } from './lifecycle.controller.js';
import { LinkExceptionFilter } from './links/link-exception.filter.js';
import { LinksController } from './links/links.controller.js';

type AnyController = new (...dependencies: never[]) => object;

/**
 * Creates the controllers of one registration. Path, guards and decorators are applied to new subclasses: two registrations, or
 * two test applications, never share metadata.
 *
 * @see A8, A10
 * @internal
 */
export function controllersOf(extras: ConnectionsModuleExtras): Type[] {
  const { routes } = extras;
  if (routes === false) {
    return [];
  }
  const shape: RoutesOptions = routes ?? {};
  const ownedWith = (filter: Type<ConnectionsExceptionFilter>): ClassDecorator[] => [
    UseGuards(...(shape.guards ?? [])),
    UseFilters(filter),
    ...(shape.decorators ?? []),
  ];
  const owned = ownedWith(ConnectionsExceptionFilter);
  const open = [UseFilters(CallbackExceptionFilter), ...(shape.publicDecorators ?? [])];
  const pushed = [UseFilters(WebhookExceptionFilter), ...(shape.publicDecorators ?? [])];
  // In the order of the flow, as the document shows them; `GET :id` after `GET callback`, whose path it would match.
  return [
    registered(ConnectController, extras, shape, ownedWith(StartExceptionFilter)),
    registered(CallbackController, extras, shape, open),
    registered(LinksController, extras, shape, ownedWith(LinkExceptionFilter)),
    registered(LifecycleController, extras, shape, owned),
    registered(ConnectionsController, extras, shape, owned),
    registered(WebhooksController, extras, shape, pushed),
    ...(extras.customConnections === true
      ? [registered(CustomConnectionsController, extras, shape, owned)]
      : []),
  ];
}

function registered(
  base: AnyController,
  { swagger = {}, instance = DEFAULT_INSTANCE }: ConnectionsModuleExtras,
  { path = 'connections', version }: RoutesOptions,
  decorators: readonly ClassDecorator[],
): Type {
  // The name is a part of the operation ids, which are unique in an OpenAPI document.
  const name = instance === DEFAULT_INSTANCE ? base.name : `${base.name}_${instance}`;
  const controller = { [name]: class extends (base as Type) {} }[name] as Type;
  applyDecorators(
    Controller(version === undefined ? { path } : { path, version }),
    ApiTags(swagger.tag ?? 'connections'),
    ...(swagger.hide === true ? [ApiExcludeController()] : []),
    ...decorators,
    Untouched(),
    // After the decorators of the host, so that it runs next to the handlers.
    UseInterceptors(answerInterceptor(rulesOf(base))),
  )(controller);
  return controller;
}

const OWNED: AnswerRules = {
  filter: ConnectionsExceptionFilter,
  // An answer belongs to one owner: no cache may keep it.
  headers: { 'cache-control': 'no-store', vary: 'Cookie, Authorization' },
  // A body that no parser took would be an absent one for the handler: everything by default.
  check: assertBodyRead,
};

function rulesOf(base: AnyController): AnswerRules {
  switch (base) {
    case CallbackController:
      return { filter: CallbackExceptionFilter, headers: PAGE_HEADERS };
    case LinksController:
      return { ...OWNED, filter: LinkExceptionFilter };
    case WebhooksController:
      return { filter: WebhookExceptionFilter, headers: { 'cache-control': 'no-store' } };
    default:
      return OWNED;
  }
}
