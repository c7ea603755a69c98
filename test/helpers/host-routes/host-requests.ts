import type { IncomingMessage } from 'node:http';
import { UnauthorizedException } from '@nestjs/common';
import type { HostRoutesService, HtmlPage, StartedAttempt } from 'nestjs-powens-connections';

export interface Request extends IncomingMessage {
  readonly method: string;
  readonly url: string;
  readonly rawBody?: Buffer;
}

/** The common part of both adapters. */
export interface Response {
  header(name: string, value: string): Response;
  status(status: number): Response;
  send(body?: unknown): unknown;
}

/** The session of this host: who is signed in. */
export function userOf({ headers }: IncomingMessage): string | null {
  const user = headers['x-user'];
  return typeof user === 'string' ? user : null;
}

export function requiredUser(request: IncomingMessage): string {
  const user = userOf(request);
  if (user === null) {
    throw new UnauthorizedException();
  }
  return user;
}

/** Sends a page of the library. */
export function send(response: Response, { headers, body }: HtmlPage): void {
  for (const [name, value] of Object.entries({ ...headers, 'content-type': 'text/html; charset=utf-8' })) {
    response.header(name, value);
  }
  response.status(200).send(body);
}

/** The answer of a start: with the binding where the application keeps it. */
export type Answered = Omit<StartedAttempt, 'binding' | 'complete'> & { readonly binding?: string };

/** Answers a start: the binding is in a cookie, unless the application keeps it. */
export function answered(
  routes: HostRoutesService,
  response: Response,
  { binding, complete, ...started }: StartedAttempt,
): Answered {
  if (complete === 'confirm') {
    return { ...started, binding };
  }
  response.header('set-cookie', routes.bindingCookie(binding));
  return started;
}
