#!/usr/bin/env node
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { startPowensSandbox } from './start-powens-sandbox.js';

const { PORT = '4000', DATA_DIR } = process.env;

const logger = new Logger('PowensSandbox');

const sandbox = await startPowensSandbox({
  port: Number(PORT),
  logger: true,
  ...(DATA_DIR === undefined || DATA_DIR === '' ? {} : { dataDir: DATA_DIR }),
}).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  logger.error(
    `Cannot start on port ${PORT}: ${reason}. Set PORT to a free one, and DATA_DIR to a writable directory.`,
  );
  process.exit(1);
});

logger.log(
  `Powens sandbox: API ${sandbox.url}/2.0, webview ${sandbox.url}/en/connect, guide ${sandbox.url}/`,
);
logger.log(DATA_DIR ? `State kept in ${DATA_DIR}` : 'State kept in memory; set DATA_DIR to keep it');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    sandbox.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
