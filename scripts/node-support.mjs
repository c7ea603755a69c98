import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const INSTALLED_FOR = join('node_modules', '.cache', 'installed-for.json');

/**
 * @param {string} version - as `process.versions.node`
 * @param {string} engines - as in package.json: `^20.19.0 || >=24.11.0`
 * @returns {boolean} whether the version is one of them
 */
export function isSupported(version, engines) {
  return engines.split('||').some((range) => {
    const [, kind, least = ''] = /^\s*(\^|>=)(\S+)\s*$/.exec(range) ?? [];
    if (kind === undefined || compare(version, least) < 0) return false;
    return kind === '>=' || version.split('.')[0] === least.split('.')[0];
  });
}

/** @returns {string | null} what is wrong with this Node for the package, and what to do */
export function problemOfNode(root, version = process.versions.node) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return isSupported(version, engines.node)
    ? null
    : `Node ${version} is not supported: install one of ${engines.node} (https://nodejs.org).`;
}

/** Notes for which Node and machine the dependencies were installed. */
export function noteInstallation(root) {
  const path = join(root, INSTALLED_FOR);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(here()));
}

/** @returns {string | null} what is wrong with `node_modules` for this process, and what to do */
export function problemOfInstallation(root) {
  if (!existsSync(join(root, 'node_modules'))) {
    return 'The dependencies are not installed: run `npm ci`.';
  }
  const noted = readNote(root);
  const now = here();
  return noted === null || noted === now
    ? null
    : `The dependencies were installed for ${noted}, and this is ${now}: run \`npm ci\` if anything fails.`;
}

function readNote(root) {
  try {
    const noted = JSON.parse(readFileSync(join(root, INSTALLED_FOR), 'utf8'));
    return typeof noted === 'string' ? noted : null;
  } catch {
    return null;
  }
}

function here() {
  return `Node ${process.versions.node.split('.')[0]} on ${process.platform}-${process.arch}`;
}

function compare(one, other) {
  const [left, right] = [one, other].map((version) => version.split('.').map(Number));
  const index = left.findIndex((part, at) => part !== (right[at] ?? 0));
  return index === -1 ? 0 : left[index] - (right[index] ?? 0);
}
