import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

/** An error answer of the host: RFC 9457 `application/problem+json`, with a stable `code` like the library's own. */
export class HostProblem {
  @ApiProperty({ example: 'about:blank', description: 'The status says what kind of problem it is.' })
  type!: string;

  @ApiProperty({ example: 'Unauthorized' })
  title!: string;

  @ApiProperty({ example: 401 })
  status!: number;

  @ApiProperty({ example: 'unauthenticated', description: 'Stable: decide on this, never on the text.' })
  code!: string;

  @ApiProperty({ example: 'No user is signed in.', required: false })
  detail?: string;
}

/** The default code of each status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  502: 'upstream_failed',
  503: 'unavailable',
};

/** Creates the body of an error answer. */
export function problemOf(status: number, detail?: string, code?: string): HostProblem {
  const fallback = status < 500 ? 'invalid_request' : 'internal_error';
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: code ?? CODES[status] ?? fallback,
    ...(detail === undefined || detail === '' ? {} : { detail }),
  };
}

/** An error answer with a code of its own. */
export class ProblemException extends HttpException {
  constructor(
    status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail, status);
  }
}
