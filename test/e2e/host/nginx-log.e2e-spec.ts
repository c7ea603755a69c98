import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NGINX_LOG_FORMAT } from 'nestjs-powens-connections/redaction';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../helpers/free-port.js';
import { until } from '../../helpers/flow/person.js';

const isInstalled = spawnSync('nginx', ['-v']).error === undefined;

describe('NGINX_LOG_FORMAT', () => {
  it.skipIf(!isInstalled)(
    'should keep queries, cookies and authorization out of the log of a real nginx [N32]',
    async () => {
      const secret = 'S3cr3t-Value_0123456789abcdef';
      const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
      const [port, log] = [await freePort(), join(folder, 'access.log')];
      writeFileSync(
        join(folder, 'nginx.conf'),
        `daemon off; pid ${folder}/pid; error_log stderr error; events {}
       http {
         client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
         uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
         ${NGINX_LOG_FORMAT}
         server { listen 127.0.0.1:${port}; access_log ${log} powens_safe; return 204; }
       }`,
      );
      const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf')], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const ended = once(nginx, 'exit');
      const url = `http://127.0.0.1:${port}/connections/callback`;
      const ask = async (): Promise<boolean> =>
        fetch(`${url}?code=${secret}&state=${secret}`, {
          headers: {
            authorization: `Bearer ${secret}`,
            cookie: `powens-binding=${secret}`,
            referer: `https://webview.powens.com/en/connect?code=${secret}`,
          },
        }).then(
          () => true,
          () => nginx.exitCode !== null,
        );
      await until(ask);
      await until(() => existsSync(log) && readFileSync(log, 'utf8') !== '');
      nginx.kill('SIGTERM');
      await ended;

      const line = readFileSync(log, 'utf8');
      expect(line).toContain('"GET /connections/callback?[redacted] HTTP/1.1" 204');
      expect(line).toContain('"https://webview.powens.com/en/connect?[redacted]"');
      expect(line).not.toContain(secret);
      rmSync(folder, { recursive: true });
    },
  );
});
