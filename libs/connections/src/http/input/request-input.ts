import { ValidationPipe, type Type, type ValidationError } from '@nestjs/common';
import * as transformerPackage from 'class-transformer';
import * as validatorPackage from 'class-validator';
import { ConnectionsError } from '../../errors/index.js';
import { assertBounded } from './bounds.js';

/** The violations per property. Never the values: one of them may be a secret sent by mistake. */
export interface PropertyProblems {
  readonly property: string;
  readonly problems: readonly string[];
}

/** A body or query that does not fit its shape. */
export class ValidationFailure extends ConnectionsError {
  constructor(readonly errors: readonly PropertyProblems[]) {
    const names = errors.map(({ property }) => property).join(', ');
    super('invalid_request', `These properties do not fit: ${names}.`);
  }
}

/** The parts of a request that the router and the parsers of the host add, on Express and on Fastify alike. */
interface ParsedRequest {
  readonly body?: unknown;
  readonly query?: unknown;
  readonly params?: unknown;
}

/** Unknown properties are refused. Called directly: as a pipe of a handler it would run after those of the host. */
const validation = new ValidationPipe({
  // Nest would look for the host's copies, and a host may have none.
  validatorPackage,
  transformerPackage,
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) => new ValidationFailure(errors.map(problemsOf)),
});

/**
 * Reads and validates the body of a request. The handlers of this library have no parameters that pipes apply to (`@Body()`,
 * `@Query()`, `@Param()`): Nest runs the global pipes of the host on those, which may drop properties or throw.
 *
 * @throws ConnectionsError `invalid_request`
 */
export async function bodyOf<T extends object>(request: object, shape: Type<T>): Promise<T> {
  return validated((request as ParsedRequest).body, shape);
}

/** As {@link bodyOf}, for the query. */
export async function queryOf<T extends object>(request: object, shape: Type<T>): Promise<T> {
  return validated((request as ParsedRequest).query, shape);
}

/** Reads a parameter of the path, which may be any text. */
export function parameterOf(request: object, name: string): string {
  const { params } = request as { readonly params?: Readonly<Record<string, string>> };
  return params?.[name] ?? '';
}

/**
 * Validates a value. It is bounded before class-transformer and class-validator process it.
 *
 * @throws ConnectionsError `invalid_request`
 */
export async function validated<T extends object>(value: unknown, shape: Type<T>): Promise<T> {
  assertBounded(value);
  return (await validation.transform(value, { type: 'body', metatype: shape })) as T;
}

function problemsOf(error: ValidationError): PropertyProblems {
  const nested = (error.children ?? []).flatMap((child) => problemsOf(child).problems);
  return { property: error.property, problems: [...Object.values(error.constraints ?? {}), ...nested] };
}
