/** The rules that hold for every file, and the names that the other rules share. */
const SPECS = '\\.(spec|int-spec|e2e-spec|sweep-spec|test-d)\\.ts$';
/** Specs and what only they use, kept beside them in `__support__/`. */
const TESTS = [SPECS, '/__[a-z]+__/'];
/** What a user of a package imports. */
const PUBLISHED =
  '^libs/[^/]+/src/((brokers|client|config|consumer|custom|element|health|testing|redaction)/)?index\\.ts$';

const everywhere = [
  {
    name: 'no-circular',
    comment: 'A cycle, even of types, makes one module of many.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'A file that nobody imports and that imports nobody is left over.',
    severity: 'error',
    from: {
      orphan: true,
      pathNot: ['\\.d\\.ts$', ...TESTS, '(^|/)main\\.ts$', '\\.config\\.ts$', PUBLISHED, '^test/.*fixture'],
    },
    to: {},
  },
  {
    name: 'not-to-spec',
    comment: 'A test file exports nothing to anybody; shared parts go into test/helpers/ or testing/.',
    severity: 'error',
    from: {},
    to: { path: SPECS },
  },
  {
    name: 'not-to-dev-dep',
    comment: 'What is published or run imports no development dependency.',
    severity: 'error',
    from: { path: '^(libs|src)/', pathNot: TESTS },
    to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
  },
  {
    name: 'no-non-package-json',
    comment:
      'A package that the nearest package.json does not list works by accident. schematics/ has the types of TypeScript, and ' +
      'loads that of the application: test/package/packed-install looks at what is published.',
    severity: 'error',
    from: { path: '^(libs|src)/', pathNot: TESTS },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/typescript/' },
  },
  {
    name: 'not-to-unresolvable',
    comment: 'An import that resolves to nothing would slip through all rules above.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
];

module.exports = { everywhere, PUBLISHED, TESTS };
