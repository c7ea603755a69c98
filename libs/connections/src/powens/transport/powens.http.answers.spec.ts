import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { answering, failureOf, GET, POST } from '../__support__/calls-under-test.js';
import { httpFor, SECRETS } from '../__support__/powens-under-test.js';
import { json, stubHttp, stubTcp } from '../__support__/stub-server.js';
import { PowensHttp } from './powens.http.js';

describe(PowensHttp.name, () => {
  describe('answers', () => {
    it.each([400, 401, 403, 404, 405, 409, 422])('should refuse on %i, and try once', async (status) => {
      const stub = await answering(status);
      const { http } = httpFor(stub.origin);
      expect(await failureOf(http.send(GET))).toMatchObject({
        code: 'powens_refused',
        failure: { operation: 'GET /users/me', status, processed: 'no', powensCode: 'bug', description: 'd' },
      });
      expect(stub.requests).toHaveLength(1);
    });

    it.each([301, 302, 303, 307, 308, 304])('should take a %i for no answer [U11]', async (status) => {
      const other = await answering(200);
      const stub = await answering(status, { location: other.origin });
      const error = await failureOf(httpFor(stub.origin).http.send(POST));
      expect(error).toMatchObject({
        code: 'powens_response_invalid',
        failure: { status, processed: 'unknown' },
      });
      expect(other.sockets.opened).toBe(0);
      expect(stub.requests).toHaveLength(1);
    });

    it.each([
      ['HTML', '<html>200</html>', 'text/html'],
      ['JSON that says it is HTML', '{"id":1}', 'text/html; charset=utf-8'],
      ['nothing', '', 'application/json'],
      ['half of it', '{"id":', 'application/json'],
    ])('should take %s for no answer [U07]', async (_, body, type) => {
      const stub = await stubHttp((__, response) => json(response, body, 200, { 'content-type': type }));
      const error = await failureOf(httpFor(stub.origin).http.read(GET, (value) => value));
      expect(error).toMatchObject({
        code: 'powens_response_invalid',
        failure: { status: 200, description: 'not JSON' },
      });
      expect(stub.requests).toHaveLength(1);
    });

    it.each(['application/json; charset=utf-8', 'application/problem+json', 'APPLICATION/JSON', undefined])(
      'should read JSON of type %s',
      async (type) => {
        const stub = await stubTcp((socket) =>
          socket.write(
            `HTTP/1.1 200 OK\r\n${type ? `content-type: ${type}\r\n` : ''}content-length: 8\r\n\r\n{"id":1}`,
          ),
        );
        expect(await httpFor(stub.origin).http.read(GET, (value) => value)).toEqual({ id: 1 });
      },
    );

    it('should limit answers with a token to 64 kB, reads to 5 MB [RL-15]', async () => {
      const stub = await stubHttp((request, response) =>
        json(response, `"${'x'.repeat(request.method === 'POST' ? 65_535 : 66_000)}"`),
      );
      const { http } = httpFor(stub.origin);
      expect((await failureOf(http.send(POST))).code).toBe('powens_response_invalid');
      expect(await http.read(GET, (value) => (value as string).length)).toBe(66_000);
    });

    it('should read the failure of an edge that speaks HTML', async () => {
      const html = `<html>\n\t<title>ERROR\u0007: The request could not be satisfied</title>${'x'.repeat(300)}`;
      const stub = await stubHttp((_, response) =>
        json(response, html, 503, { 'content-type': 'text/html' }),
      );
      const { failure } = await failureOf(httpFor(stub.origin).http.send(POST));
      expect(failure).toMatchObject({ status: 503, powensCode: null, requestId: null });
      expect(failure.description).toMatch(/^<html> <title>ERROR : The request/);
      expect(failure.description).toHaveLength(200);
    });

    it.each([
      [{ request_id: 'abc' }, {}, 'abc'],
      [{ requestId: 'def' }, {}, 'def'],
      [{ request_id: null }, { 'x-request-id': 'ghi' }, 'ghi'],
      [{ request_id: { a: 1 } }, {}, null],
    ])('should find the request id in %j %j', async (body, headers, requestId) => {
      const stub = await stubHttp((_, response) => json(response, body, 400, headers));
      expect((await failureOf(httpFor(stub.origin).http.send(GET))).failure.requestId).toBe(requestId);
    });
  });

  describe('what an error tells [TC-15]', () => {
    const echo = (text: string): string => `${text} ${encodeURIComponent(text)} ${JSON.stringify(text)}`;
    const all = `${echo(SECRETS.code)} ${echo(SECRETS.clientSecret)} ${echo(SECRETS.token)}`;

    it.each([
      ['refuses', 400],
      ['fails', 500],
      ['redirects', 302],
      ['is full', 429],
    ])('should hold no secret when a server that %s echoes all it got', async (_, status) => {
      const stub = await stubHttp((__, response) =>
        json(response, { code: all, description: all, request_id: all }, status, { location: all }),
      );
      const { http } = httpFor(stub.origin);
      for (const call of [GET, POST]) {
        const error = await failureOf(http.send({ ...call, secrets: [...GET.secrets, ...POST.secrets] }));
        expectNoSecret(error);
      }
    });

    it('should hold no secret when the link is cut', async () => {
      const stub = await stubTcp((socket) => socket.destroy());
      const { http } = httpFor(stub.origin);
      expectNoSecret(await failureOf(http.send(POST)));
      expectNoSecret(await failureOf(http.send(GET)));
    });

    it('should hold nothing of an error that an interceptor threw', async () => {
      const stub = await answering(200);
      const { http, axios } = httpFor(stub.origin);
      axios.interceptors.response.use((response) =>
        Promise.reject(Object.assign(new Error(SECRETS.token), response)),
      );
      expectNoSecret(await failureOf(http.send(POST)));
    });
  });
});

function expectNoSecret(error: Error): void {
  expect(error.cause).toBeUndefined();
  const printed = `${inspect(error, { depth: Infinity, showHidden: true })} ${JSON.stringify(error)} ${error.stack}`;
  for (const secret of Object.values(SECRETS)) {
    expect(printed).not.toContain(secret);
    expect(printed).not.toContain(encodeURIComponent(secret));
  }
}
