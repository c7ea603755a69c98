import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build.mjs';

/**
 * `node scripts/pack-schematics.mjs`: puts the descriptions of the schematics beside the compiled ones. Nobody imports those, so
 * their types, which name packages that are not installed with the library, are left out.
 */
const FROM = join(ROOT, 'libs', 'connections', 'src', 'schematics');
const TO = join(ROOT, 'libs', 'connections', 'dist', 'schematics');

for (const name of readdirSync(FROM).filter((file) => file.endsWith('.json'))) {
  copyFileSync(join(FROM, name), join(TO, name));
}
for (const name of readdirSync(TO, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.d.ts'),
)) {
  rmSync(join(TO, name));
}
