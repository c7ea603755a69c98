import { parentPort, workerData } from 'node:worker_threads';
import { serveDatabase, type EmbeddedLocation } from './serve-database.js';

// The thread of the embedded database: it reports when it is open, and closes at the first message.
const served = await serveDatabase(workerData as EmbeddedLocation);
const end = (): void => parentPort?.close();
parentPort?.once('message', () => {
  served.close().then(end, end);
});
parentPort?.postMessage('open');
