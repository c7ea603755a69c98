import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemResponseDto } from './dto/problem.response.dto.js';

/**
 * Describes the error answers of a route.
 *
 * @param problems - what each status means, by status
 */
export function ApiProblems(problems: Readonly<Record<number, string>>): MethodDecorator {
  const responses = Object.entries(problems).map(([status, description]) =>
    ApiResponse({
      status: Number(status),
      description,
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemResponseDto) } } },
    }),
  );
  return applyDecorators(ApiExtraModels(ProblemResponseDto), ...responses);
}
