import {
  applyDecorators,
  Controller,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type Type,
} from '@nestjs/common';
import { ApiExcludeController, ApiTags } from '@nestjs/swagger';
import type {
  ConnectionsModuleExtras,
  RoutesOptions,
} from '../options/connections-module-extras.interface.js';
import { answerInterceptor, type AnswerRules } from './answers/answer.interceptor.js';
import { CallbackExceptionFilter } from './answers/callback-exception.filter.js';
import { CALLBACK_HEADERS } from './answers/callback.headers.js';
import { ConnectionsExceptionFilter } from './answers/connections-exception.filter.js';
import { Untouched } from './answers/untouched.decorator.js';
import { assertBodyRead } from './input/parse-faults.js';
import { CallbackController } from './callback.controller.js';
import { ConnectController } from './connect.controller.js';
import { ConnectionsController } from './connections.controller.js';
import { CustomConnectionsController } from './custom-connections.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { LifecycleController } from './lifecycle.controller.js';

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
  const owned = [
    UseGuards(...(shape.guards ?? [])),
    UseFilters(ConnectionsExceptionFilter),
    ...(shape.decorators ?? []),
  ];
  const open = [UseFilters(CallbackExceptionFilter), ...(shape.publicDecorators ?? [])];
  const pushed = [UseFilters(ConnectionsExceptionFilter), ...(shape.publicDecorators ?? [])];
  // In the order of the flow, as the document shows them; `GET :id` after `GET callback`, whose path it would match.
  return [
    registered(ConnectController, extras, shape, owned),
    registered(CallbackController, extras, shape, open),
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
  { swagger = {} }: ConnectionsModuleExtras,
  { path = 'connections', version }: RoutesOptions,
  decorators: readonly ClassDecorator[],
): Type {
  const controller = { [base.name]: class extends (base as Type) {} }[base.name] as Type;
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

function rulesOf(base: AnyController): AnswerRules {
  switch (base) {
    case CallbackController:
      return { filter: CallbackExceptionFilter, headers: Object.fromEntries(CALLBACK_HEADERS) };
    case WebhooksController:
      return { filter: ConnectionsExceptionFilter, headers: { 'cache-control': 'no-store' } };
    default:
      return {
        filter: ConnectionsExceptionFilter,
        // An answer belongs to one owner: no cache may keep it.
        headers: { 'cache-control': 'no-store', vary: 'Cookie, Authorization' },
        // A body that no parser took would be an absent one for the handler: everything by default.
        check: assertBodyRead,
      };
  }
}
