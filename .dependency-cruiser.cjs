/**
 * Which way the arrows of docs/architecture.md point. Type imports count. Each rule has a planted violation in
 * test/architecture/dependency-rules.spec.ts.
 */
const { everywhere, PUBLISHED, TESTS } = require('./.dependency-cruiser.everywhere.cjs');

const LIB = '^libs/connections/src/';
const EDGES = 'attempts|powens|custody|connections|outbox|webhooks';
const LEAVES = 'background|errors|events|options|telemetry|values';
const CONSTANTS = `${LIB}connections\\.constants\\.ts$`;
const ASSEMBLY = `${LIB}connections\\.(module|module-definition|providers|routes)[^/]*\\.ts$`;
const SQL = 'database|consumer/database|consumer/handlers|cli';

/** Folders of the library, by name. */
const inside = (names) => `${LIB}(?:${names})/`;

/** An arrow inside the library: files of `from` may see `allowed` of the library, and nothing else of it. */
const seesOnly = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: TESTS },
  to: { path: LIB, pathNot: allowed },
});

const insideTheLibrary = [
  {
    name: 'no-import-of-own-barrel',
    comment: 'index.ts is for others; from inside it closes a cycle.',
    severity: 'error',
    from: { path: '^libs/([^/]+)/src/', pathNot: TESTS },
    to: { path: '^libs/$1/src/index\\.ts$' },
  },
  seesOnly(
    'http-knows-only-flow',
    'http/ translates: it asks flow/ or webhooks/, and never holds a token.',
    inside('http'),
    [inside(`http|flow|webhooks|errors|options|events`), CONSTANTS],
  ),
  {
    name: 'nothing-inside-sees-http',
    comment:
      'Only the module and its providers put controllers together; the tokens name every public service.',
    severity: 'error',
    from: {
      path: LIB,
      pathNot: [inside('http|testing'), ASSEMBLY, `${LIB}(index|connections\\.tokens)\\.ts$`, ...TESTS],
    },
    to: { path: inside('http') },
  },
  {
    name: 'cli-is-for-nobody',
    comment: 'The command may use everything inside; whoever imported it would print to a terminal.',
    severity: 'error',
    from: { pathNot: [inside('cli'), ...TESTS] },
    to: { path: inside('cli') },
  },
  seesOnly(
    'flow-knows-edges-and-floor',
    'flow/ orders the steps: it sees the edges, database/ and the leaves.',
    inside('flow'),
    [inside(`flow|${EDGES}|database|${LEAVES}`), CONSTANTS],
  ),
  {
    name: 'edges-never-see-flow',
    comment: 'An edge does one thing; the order of things is not its business.',
    severity: 'error',
    from: { path: inside(`${EDGES}|database`), pathNot: TESTS },
    to: { path: inside('flow') },
  },
  {
    name: 'edges-are-strangers',
    comment: 'What two edges share belongs into values/ or database/; what connects them, into flow/.',
    severity: 'error',
    from: { path: `${LIB}(${EDGES})/`, pathNot: TESTS },
    to: { path: inside(EDGES), pathNot: `${LIB}$1/` },
  },
  seesOnly(
    'edges-know-only-floor-and-leaves',
    'An edge sees its own folder, database/, the leaves and the constants.',
    inside(EDGES),
    [inside(`${EDGES}|flow|http|database|${LEAVES}`), CONSTANTS],
  ),
  seesOnly(
    'health-knows-only-the-readiness',
    'health/ is published alone: it translates the report of the readiness.',
    inside('health'),
    [inside('health'), `${LIB}flow/setup/connections-readiness\\.service\\.ts$`],
  ),
  seesOnly(
    'brokers-know-only-leaves',
    'brokers/ is published alone: it publishes events, and knows nothing of where they come from.',
    inside('brokers'),
    [inside(`brokers|${LEAVES}`)],
  ),
  seesOnly(
    'consumer-knows-only-leaves-and-brokers',
    'consumer/ runs in another application than the rest: it shares the floor of brokers/, and how migrations are written.',
    inside('consumer'),
    [inside(`consumer|brokers|${LEAVES}`), `${LIB}database/migrations/schema-tools\\.ts$`, CONSTANTS],
  ),
  seesOnly(
    'schematics-know-only-the-environment',
    'schematics/ runs in the Nest CLI, in an application that may have nothing else installed yet.',
    inside('schematics'),
    [inside('schematics'), `${LIB}options/environment/settings\\.ts$`],
  ),
  {
    name: 'browser-code-stands-alone',
    comment: 'client/ and element/ run in browsers: nothing of the server, of Node or of a package.',
    severity: 'error',
    from: { path: inside('client|element'), pathNot: TESTS },
    to: { pathNot: inside('client|element') },
  },
  seesOnly(
    'database-is-the-floor',
    'database/ sees errors, options and constants: nothing above it.',
    inside('database'),
    [inside('database|errors|options'), CONSTANTS],
  ),
  seesOnly(
    'leaves-import-only-leaves',
    'background/, errors/, events/, options/, telemetry/ and values/ may be imported by everyone, so they import one another at most.',
    inside(LEAVES),
    [inside(LEAVES), CONSTANTS],
  ),
  seesOnly('constants-import-nothing', 'Everyone imports the constants.', CONSTANTS, ['^$']),
  {
    name: 'crypto-only-where-reviewed',
    comment: 'Randomness, hashes and ciphers are reviewed in three folders.',
    severity: 'error',
    from: { path: LIB, pathNot: [inside('custody|attempts|webhooks'), ...TESTS] },
    to: { path: '^(node:)?crypto$' },
  },
  {
    name: 'typeorm-only-at-the-floor',
    comment:
      'SQL lives in database/ and in *.repository.ts; the module wires the DataSource, cli/ makes its own.',
    severity: 'error',
    from: {
      path: LIB,
      pathNot: [inside(SQL), '\\.repository\\.ts$', ASSEMBLY, ...TESTS],
    },
    to: { path: 'node_modules/(@nestjs/)?typeorm/' },
  },
];

const betweenTheParts = [
  {
    name: 'host-uses-public-api-only',
    comment: 'Host and tests see what a user of the package sees.',
    severity: 'error',
    from: { path: '^(src|test|bench)/|^ormconfig\\.ts$' },
    to: {
      path: '^libs/',
      pathNot: PUBLISHED,
    },
  },
  {
    name: 'tests-start-the-host-whole',
    comment: 'The host has one door. What is inside is tested beside it.',
    severity: 'error',
    from: { path: '^test/' },
    to: { path: '^src/', pathNot: '^src/bootstrap\\.ts$' },
  },
  {
    name: 'library-never-sees-host-or-sandbox',
    comment: 'The library is published alone.',
    severity: 'error',
    from: { path: '^libs/connections/', pathNot: TESTS },
    to: { path: '^(src|test|bench|libs/powens-sandbox)/' },
  },
  {
    name: 'sandbox-never-sees-library',
    comment: 'Shared code would share the same misunderstanding of the provider. Tests included.',
    severity: 'error',
    from: { path: '^libs/powens-sandbox/' },
    to: { path: '^libs/connections/' },
  },
  {
    name: 'sandbox-never-sees-host',
    comment: 'The sandbox runs alone.',
    severity: 'error',
    from: { path: '^libs/powens-sandbox/', pathNot: TESTS },
    to: { path: '^(src|test|bench)/' },
  },
  {
    name: 'reference-client-knows-nobody',
    comment: 'Written from the public reference alone: what it shared, it could not contradict.',
    severity: 'error',
    from: { path: '^test/contract/client/' },
    to: { pathNot: '^test/contract/client/' },
  },
  {
    name: 'testing-is-for-tests',
    comment: 'What the library publishes for tests is not used by the product.',
    severity: 'error',
    from: { path: '^(libs|src)/', pathNot: [inside('testing'), ...TESTS] },
    to: { path: '^libs/[^/]+/src/testing/' },
  },
];

module.exports = {
  forbidden: [...insideTheLibrary, ...betweenTheParts, ...everywhere],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.data|\\.artifacts|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
    reporterOptions: { dot: { collapsePattern: '^libs/connections/src/[^/]+|node_modules/(@[^/]+/)?[^/]+' } },
  },
};
