import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
const ARTIFACTS = fileURLToPath(new URL('../../../.artifacts/', import.meta.url));

/** No GPU, no QUIC, no call home: the pages under test are all there is. */
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where a Chromium is: `CHROMIUM_PATH`, else one of the usual places; null when there is none. */
export function findChromium(): string | null {
  const { CHROMIUM_PATH: named } = process.env;
  const places = named === undefined || named === '' ? USUAL_PLACES : [named];
  return places.find((place) => existsSync(place)) ?? null;
}

/**
 * Says whether the tests in a browser are skipped.
 *
 * @throws when there is no browser although `REQUIRE_BROWSER=1` asks for one: a gate that skips proves nothing
 */
export function isWithoutBrowser(): boolean {
  const isMissing = findChromium() === null;
  if (isMissing && process.env.REQUIRE_BROWSER === '1') {
    throw new Error(`REQUIRE_BROWSER=1, but there is no Chromium: ${HOW_TO_GET_ONE}`);
  }
  if (isMissing) {
    process.stdout.write(`SKIPPED: the tests in a browser, for there is no Chromium: ${HOW_TO_GET_ONE}\n`);
  }
  return isMissing;
}

const HOW_TO_GET_ONE = 'apt-get install chromium, or set CHROMIUM_PATH';

/** Starts a headless Chromium with a profile of its own, which is removed when it is closed. */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(HOW_TO_GET_ONE);
  // The sandbox of Chromium refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    args: isRoot ? ['--no-sandbox', ...FLAGS] : FLAGS,
    timeout: 120_000,
  });
}

/** Keeps what the page looks like, out of git, for people. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage: true });
}

/** A picture of a document: below docs/images with `UPDATE_SCREENSHOTS=1`, out of git otherwise. */
export async function documentScreenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['UPDATE_SCREENSHOTS'] === '1' ? IMAGES : ARTIFACTS;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
