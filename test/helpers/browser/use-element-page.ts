import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { startChromium } from './chromium.js';
import { ElementPage } from './element-page.js';

/**
 * Opens a page with the element for each test of a file, in one browser. A test fails when the browser reported an error.
 *
 * @param set - keeps it
 */
export function useElementPage(set: (page: ElementPage) => void): void {
  let chromium: Browser;
  let app: ElementPage;

  beforeAll(async () => {
    chromium = await startChromium();
  });

  afterAll(async () => {
    await chromium.close();
  });

  beforeEach(async () => {
    app = await ElementPage.open(chromium);
    set(app);
  });

  afterEach(async () => {
    await app.close();
    expect(app.seen).toEqual([]);
  });
}
