import { register } from 'node:module';

/** Preloaded into a host: what it says and does then, it says and does before it loads Nest or the embedded database. */
const HOOKS = `
  export async function resolve(specifier, context, next) {
    if (/^(@nestjs|@electric-sql)[/]/.test(specifier)) {
      throw Object.assign(new Error("Cannot find package '" + specifier + "'"), { code: 'ERR_MODULE_NOT_FOUND' });
    }
    return next(specifier, context);
  }`;

register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
