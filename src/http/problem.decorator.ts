import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { HostProblem, problemOf } from './problem.js';

/** Documents one error answer, with its media type and an example. */
export function ApiProblem(status: number, description: string, code?: string): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(HostProblem),
    ApiResponse({
      status,
      description,
      content: {
        'application/problem+json': {
          schema: { $ref: getSchemaPath(HostProblem) },
          example: problemOf(status, description, code),
        },
      },
    }),
  );
}
