import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { productionLock } from './production-lock.mjs';

/**
 * `node scripts/sbom.mjs [folder]`: prints the bill of materials of what a package needs to run, in CycloneDX JSON, made by npm of
 * `package-lock.json`. The library by default; '.' for the demo.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = process.argv[2] ?? 'libs/connections';
const scratch = mkdtempSync(join(tmpdir(), 'sbom-'));
try {
  const lock = productionLock(root, folder);
  const { overrides } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  // npm names the package by its folder.
  const cwd = join(scratch, lock.name);
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ ...lock.packages[''], overrides }));
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=library', '--offline'];
  process.stdout.write(execFileSync('npm', args, { cwd, maxBuffer: 64 * 1024 * 1024 }));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
