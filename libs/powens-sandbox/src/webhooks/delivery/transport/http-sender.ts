import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** One `POST`. */
export interface OutgoingPost {
  url: URL;
  headers: OutgoingHttpHeaders;
  body: readonly Uint8Array[];
  timeoutMs: number;
  /** Largest answer that is kept; the rest is read and thrown away. */
  keepBytes?: number;
}

/** What came of it. Redirects are answers like any other: they are never followed. */
export interface PostResult {
  status: number | null;
  error?: string;
  isTimeout: boolean;
  text: string;
}

/** Sends requests, reusing connections. */
export class HttpSender {
  private readonly http = new HttpAgent({ keepAlive: true, maxFreeSockets: 16 });
  private readonly https = new HttpsAgent({ keepAlive: true, maxFreeSockets: 16 });
  private readonly underWay = new Set<ClientRequest>();

  /** Sends one request; never rejects. */
  async post(post: OutgoingPost): Promise<PostResult> {
    const first = await this.attempt(post);
    // The receiver closed a connection that was idle while we chose it: nothing was sent, and nothing is wrong.
    return first.isStale ? this.attempt(post) : first;
  }

  /** Cuts what is under way. */
  close(): void {
    this.underWay.forEach((request) => request.destroy(new Error('closed')));
    this.http.destroy();
    this.https.destroy();
  }

  private attempt(post: OutgoingPost): Promise<PostResult & { isStale: boolean }> {
    return new Promise((resolve) => {
      const request = this.open(post);
      let isTimeout = false;
      const timer = setTimeout(() => {
        isTimeout = true;
        request.destroy(new Error(`No answer within ${post.timeoutMs} ms`));
      }, post.timeoutMs);
      const end = (
        result: Pick<PostResult, 'status' | 'text'> & { error?: string },
        isStale = false,
      ): void => {
        clearTimeout(timer);
        this.underWay.delete(request);
        resolve({ isTimeout, isStale, ...result });
      };
      this.underWay.add(request);
      request.on('error', (error: NodeJS.ErrnoException) => {
        const isStale = request.reusedSocket && error.code === 'ECONNRESET' && !isTimeout;
        end({ status: null, text: '', error: error.code ?? error.message }, isStale);
      });
      request.on('response', (response) => {
        read(response, post.keepBytes ?? 0, (text, error) => {
          const status = response.statusCode ?? null;
          end(error === undefined ? { status, text } : { status: null, text, error });
        });
      });
      post.body.forEach((chunk) => request.write(chunk));
      request.end();
    });
  }

  private open({ url, headers, body }: OutgoingPost): ClientRequest {
    const isSecure = url.protocol === 'https:';
    const length = body.reduce((sum, chunk) => sum + chunk.length, 0);
    return (isSecure ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      agent: isSecure ? this.https : this.http,
      headers: { ...headers, 'content-length': length },
    });
  }
}

/** Reads an answer to its end, so that its connection can be used again. */
function read(response: IncomingMessage, keep: number, done: (text: string, error?: string) => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text = (text + chunk).slice(0, keep);
  });
  response.on('end', () => done(text));
  response.on('error', (error: NodeJS.ErrnoException) => done(text, error.code ?? error.message));
}
