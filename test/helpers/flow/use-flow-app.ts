import { afterAll, beforeAll } from 'vitest';
import { startFlowApp, type FlowApp, type FlowAppOptions } from './flow-app.js';

/**
 * Starts an application for the tests of a file, and closes it after the last one.
 *
 * @param set - keeps it
 */
export function useFlowApp(wish: FlowAppOptions, set: (app: FlowApp) => void): void {
  let app: FlowApp | undefined;

  beforeAll(async () => {
    app = await startFlowApp(wish);
    set(app);
  });

  afterAll(async () => {
    await app?.close();
  });
}
