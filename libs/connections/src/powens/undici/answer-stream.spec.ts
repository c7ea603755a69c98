import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { until } from '../../../../../test/helpers/until.js';
import { clientFor, TOKEN } from '../__support__/powens-under-test.js';
import { stubHttp } from '../__support__/stub-server.js';
import { ApiPath } from '../bank/api-path.js';
import { AnswerStream } from './answer-stream.js';

const MIB = Buffer.alloc(1024 * 1024, 'x');
const PATH = ApiPath.of('/users/me/documents/1/file');

/** A file that the stub writes, opened with the whole transport. */
async function opened(
  write: (response: ServerResponse) => void,
  options: { totalTimeoutMs?: number; maxSockets?: number } = {},
): Promise<{ stream: Readable; again: () => Promise<{ stream: Readable }> }> {
  const stub = await stubHttp((_, response) => {
    response.writeHead(200, { 'content-type': 'application/pdf' });
    write(response);
  });
  const client = clientFor(stub.origin, options);
  const again = async (): Promise<{ stream: Readable }> => client.openFile(PATH, TOKEN);
  return { ...(await again()), again };
}

/** Writes without end, as fast as it is taken. */
function endless(response: ServerResponse): void {
  while (!response.destroyed && response.write(MIB)) {
    // Until the socket is full.
  }
  response.once('drain', () => {
    endless(response);
  });
}

async function drained(stream: Readable): Promise<void> {
  stream.resume();
  await finished(stream);
}

describe(AnswerStream.name, () => {
  it('should fail before anyone listens without an error that ends the process, and fail its later reader [N6]', async () => {
    const { stream } = await opened((response) => response.write('x', () => response.destroy()));
    await until(() => stream.closed);
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'powens_timeout' });
  });

  it('should be cut above its limit, with a typed error', async () => {
    const { stream } = await opened(endless);
    let bytes = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of stream) bytes += (chunk as Buffer).length;
    };
    await expect(read()).rejects.toMatchObject({ code: 'powens_response_invalid' });
    expect(bytes).toBeLessThanOrEqual(100 * MIB.length);
    expect(bytes).toBeGreaterThan(90 * MIB.length);
  });

  it('should not be read ahead of its reader', async () => {
    const { stream, again } = await opened(endless);
    // Meanwhile another one is read to its limit: a hundred times what this one may hold.
    await expect(drained((await again()).stream)).rejects.toThrow();
    expect(stream.readableLength).toBeGreaterThan(0);
    expect(stream.readableLength).toBeLessThan(4 * MIB.length);
    stream.destroy();
    await until(() => stream.closed);
  });

  it('should end with a typed error when no byte comes any more', async () => {
    // A slow machine may need this long to open it: the error is the same then.
    const read = async (): Promise<unknown> =>
      buffer((await opened((response) => response.write('begun'), { totalTimeoutMs: 1000 })).stream);
    await expect(read()).rejects.toMatchObject({
      code: 'powens_timeout',
      failure: { operation: 'GET /users/me/documents/{id}/file', description: 'ETIMEDOUT' },
    });
  });

  it('should keep its place among the open calls until it is read or given up', async () => {
    const { stream, again } = await opened((response) => response.write('begun'), { maxSockets: 1 });
    let isOpen = false;
    const second = again().then((file) => {
      isOpen = true;
      return file;
    });
    await new Promise(setImmediate);
    expect(isOpen).toBe(false);
    stream.destroy();
    (await second).stream.destroy();
  });
});
