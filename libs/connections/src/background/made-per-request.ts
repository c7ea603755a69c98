import type { InjectionToken } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

type Module = ModulesContainer extends Map<string, infer Known> ? Known : never;

/** The module that an instance of a module class stands for. */
export function moduleOf(modules: ModulesContainer, instance: object): Module | undefined {
  return [...modules.values()].find((module) => module.instance === instance);
}

/**
 * Finds what makes Nest create a provider for each request, and with it everything that injects it: no hook of these is ever called,
 * so that nothing runs in the background. Known once all modules are scanned.
 *
 * @returns names of what it injects, for a message; null when it is made once
 */
export function madePerRequest(module: Module | undefined, token: InjectionToken): string | null {
  const provider = module?.providers.get(token);
  if (provider === undefined || provider.isDependencyTreeStatic()) {
    return null;
  }
  const names = provider
    .getCtorMetadata()
    .flatMap((one) => (one.isDependencyTreeStatic() ? [] : String(one.name)));
  return `${names.join(', ')}, which Nest makes for each request: it has Scope.REQUEST, or injects what has`;
}
