import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The part of `package-lock.json` that a package needs to run: its dependencies and theirs, development and peers left out.
 *
 * @param root folder of the repository
 * @param folder folder of the package in it, '' for the demo
 * @returns a lock file of version 3, for `npm sbom --package-lock-only`
 */
export function productionLock(root, folder) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const { name, version, license, dependencies = {} } = manifest;
  const reached = {};
  const waiting = Object.keys(dependencies).map((wanted) => locate(packages, '', wanted));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (path in reached) {
      continue;
    }
    // Peers are the application's: npm would look for them.
    const found = { ...packages[path], peerDependencies: undefined, peerDependenciesMeta: undefined };
    reached[path] = found;
    const { optionalDependencies } = found;
    const optional = Object.keys(optionalDependencies ?? {}).filter((wanted) => find(packages, path, wanted));
    for (const wanted of [...Object.keys(found.dependencies ?? {}), ...optional]) {
      waiting.push(locate(packages, path, wanted));
    }
  }
  const own = { name, version, license, dependencies };
  const sorted = Object.fromEntries(Object.entries(reached).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { name, version, lockfileVersion: 3, requires: true, packages: { '': own, ...sorted } };
}

/** Name, version and licence of every package of a lock file, the package itself left out. */
export function licencesOf(root, { packages }) {
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, license }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      // The lock file leaves it out for some: the package has it.
      licence: license ?? licenceIn(join(root, path, 'package.json')),
    }));
}

function licenceIn(path) {
  if (!existsSync(path)) return null;
  const { license, licenses = [] } = JSON.parse(readFileSync(path, 'utf8'));
  // A list is the form that npm no longer writes.
  return license ?? licenses[0]?.type ?? null;
}

/** As Node looks: in the `node_modules` of the package, then in those above. */
function find(packages, from, wanted) {
  for (let place = from; ;) {
    const path = `${place === '' ? '' : `${place}/`}node_modules/${wanted}`;
    if (path in packages) return path;
    if (place === '') return null;
    const above = place.lastIndexOf('/node_modules/');
    place = above === -1 ? '' : place.slice(0, above);
  }
}

function locate(packages, from, wanted) {
  const path = find(packages, from, wanted);
  if (path === null) {
    throw new Error(`package-lock.json has no ${wanted} for ${from === '' ? 'the package' : from}`);
  }
  return path;
}
