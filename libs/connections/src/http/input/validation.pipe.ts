import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
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

/** Bounds the input before class-transformer and class-validator see it. */
class BoundedValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    assertBounded(value);
    return (await super.transform(value, metadata)) as unknown;
  }
}

/**
 * Validates the library's own DTOs, independently of the host's global pipe: unknown properties are refused.
 *
 * @internal
 */
export const connectionsValidation = new BoundedValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors: ValidationError[]) => new ValidationFailure(errors.map(problemsOf)),
});

function problemsOf(error: ValidationError): PropertyProblems {
  const nested = (error.children ?? []).flatMap((child) => problemsOf(child).problems);
  return { property: error.property, problems: [...Object.values(error.constraints ?? {}), ...nested] };
}
