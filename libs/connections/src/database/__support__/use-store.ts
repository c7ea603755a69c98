import { afterAll, beforeAll, beforeEach } from 'vitest';
import { Store } from './store.js';

/**
 * Opens a store for the tests of a file, and empties it before each.
 *
 * @param set - keeps the store, and makes what the tests are about, before each test
 */
export function useStore(set: (store: Store) => void): void {
  let opened: Store;

  beforeAll(async () => {
    opened = await Store.open();
  });

  beforeEach(async () => {
    await opened.empty();
    set(opened);
  });

  afterAll(async () => {
    await opened.close();
  });
}
