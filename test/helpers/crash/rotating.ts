import { connected } from '../flow/lifecycle.js';
import { expectThat } from './expect-that.js';
import type { Operation } from './sweep.js';
import type { CrashWorld } from './world.js';

interface Sealed {
  readonly id: string;
  readonly owner_id: string;
  readonly sealed_token: string;
  readonly key_id: string;
}

/** Rotation of keys, in batches of two. Before each run the rows are put back under the old key. */
export async function keyRotation(world: CrashWorld, owners: number): Promise<Operation<null>> {
  for (let index = 1; index <= owners; index += 1) await connected(world, `sealed-${index}`);
  const old = await sealedRows(world);
  world.addKey('k2');
  await world.restart();
  return {
    name: 'rotate',
    prepare: async () => {
      for (const { id, sealed_token: sealed, key_id: key } of old) {
        await world.sql('UPDATE powens_user SET sealed_token = $2, key_id = $3 WHERE id = $1', [
          id,
          sealed,
          key,
        ]);
      }
      return null;
    },
    run: async () => world.call('rotate'),
    again: async () => {
      const { left } = (await world.call('rotate')) as { left: number };
      expectThat(left === 0, `${left} tokens are left on the old key`);
      const rows = await sealedRows(world);
      expectThat(
        rows.every(({ key_id: key }) => key === 'k2'),
        'a row still names the old key',
      );
      expectThat(
        rows.every(({ sealed_token: sealed }) => old.every((row) => row.sealed_token !== sealed)),
        'a row still has its old envelope',
      );
    },
  };
}

async function sealedRows(world: CrashWorld): Promise<readonly Sealed[]> {
  return world.sql<Sealed>(
    'SELECT id, owner_id, sealed_token, key_id FROM powens_user WHERE key_id IS NOT NULL ORDER BY id',
  );
}
