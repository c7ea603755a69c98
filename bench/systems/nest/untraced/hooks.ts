import type { ResolveHook } from 'node:module';

/** Modules of the library whose functions count, measure and trace; `instruments` and `gauges` are behind them. */
const TELEMETRY = /\/libs\/connections\/src\/telemetry\/(spans|metrics)\.js$/;

/**
 * Replaces telemetry by functions that do nothing. One that a module imports and that is missing here fails the start.
 *
 * @see https://nodejs.org/docs/latest-v20.x/api/module.html#resolvespecifier-context-nextresolve
 */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  const [, name] = TELEMETRY.exec(resolved.url) ?? [];
  return name === undefined
    ? resolved
    : { ...resolved, url: new URL(`./${name}.js`, import.meta.url).href, shortCircuit: true };
};
