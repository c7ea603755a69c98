import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { formerWords, textParser } from './test/lint/former-words.rule.mjs';

const TESTS = [
  '**/*.spec.ts',
  '**/*.int-spec.ts',
  '**/*.e2e-spec.ts',
  '**/*.sweep-spec.ts',
  '**/*.test-d.ts',
  '**/__*__/**/*.ts',
  'test/**/*.ts',
];

const STYLE = [
  {
    // `void save()` hides a rejection.
    selector: "UnaryExpression[operator='void'][argument.type='CallExpression']",
    message: 'Do not drop a promise with void: await it, return it or handle its rejection.',
  },
  {
    selector: ':matches(FunctionDeclaration, ArrowFunctionExpression)[params.length>4]',
    message: 'At most 4 parameters: pass an object.',
  },
  {
    selector: ":not(MethodDefinition[kind='constructor']) > FunctionExpression[params.length>4]",
    message: 'At most 4 parameters: pass an object.',
  },
  {
    selector: "MethodDefinition[kind='constructor'] > FunctionExpression[params.length>7]",
    message: 'At most 7 injected dependencies: this class does too much.',
  },
];

/** A test reads as a sentence: it('should …'), also through it.each, it.skipIf and friends. */
const IT_SHOULD = ['it', 'test'].flatMap((name) =>
  [
    `CallExpression[callee.name='${name}']`,
    `CallExpression[callee.type='MemberExpression'][callee.object.name='${name}'][callee.property.name!=/^(each|for|skipIf|runIf|extend)$/]`,
    `CallExpression[callee.type='CallExpression'][callee.callee.object.name='${name}'][callee.callee.property.name=/^(each|for|skipIf|runIf)$/]`,
    `CallExpression[callee.type='TaggedTemplateExpression'][callee.tag.object.name='${name}']`,
  ].flatMap((call) =>
    [`Literal[value!=/^should /]`, `TemplateLiteral[quasis.0.value.raw!=/^should /]`].map((title) => ({
      selector: `${call} > ${title}.arguments:first-child`,
      message: 'The title of a test starts with "should ".',
    })),
  ),
);

/** No test fails because a machine is slow: CONTRIBUTING.md, "Tests". */
const NO_CLOCK = [
  {
    selector: "CallExpression[callee.object.name='vi'][callee.property.name=/^(waitFor|waitUntil)$/]",
    message: 'It gives up after a second: use until() or eventually() of test/helpers/until.ts.',
  },
  {
    selector:
      'CallExpression[callee.property.name=/^toBeLess/][callee.object.arguments.0.left.callee.object.name=/^(performance|Date)$/]',
    message: 'A busy machine takes any time: wait for a condition, and measure speed in bench/.',
  },
  {
    selector: 'CallExpression > ObjectExpression > Property[key.name=/^(retry|repeats)$/]',
    message: 'A retry hides a race: mend the race.',
  },
  ...[
    'Literal[value>=1000]:last-child',
    'ObjectExpression > Property[key.name=/^(timeout|testTimeout|hookTimeout)$/] > Literal[value>=1]',
  ].map((limit) => ({
    selector: `CallExpression:matches([callee.name=/^(it|test|describe|beforeAll|beforeEach|afterAll|afterEach)$/], [callee.callee.object.name=/^(it|test|describe)$/], [callee.object.name=/^(it|test|describe|vi)$/]) > ${limit}`,
    message: 'Limits are for hangs, and test/helpers/vitest.shared.ts has them.',
  })),
];

/** Marked so that it stands out in a host's editor (`insecureLoopback`), or the only name that both TypeORM majors have. */
const DEPRECATED_ON_PURPOSE = [
  'insecureLoopback',
  'ConnectionsModuleOptions',
  { from: 'package', package: 'typeorm', name: 'connection' },
];

/** What a value of the outside world has a port for. */
const AMBIENT = [
  { object: 'Date', property: 'now', message: "Use the injected clock, or the database's." },
  { object: 'Math', property: 'random', message: 'Use node:crypto in the folders that may.' },
];

/** A library prints through the host's logger: what is written to a terminal, nobody redacts. */
const TERMINAL = ['stdout', 'stderr'].map((property) => ({
  object: 'process',
  property,
  message: 'Only the commands of cli/ know the terminal.',
}));

/** `max-lines-per-function` for tests: a describe callback is as long as its tests, everything else is measured. */
const maxLinesPerTest = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { long: 'This function has {{lines}} lines. Maximum allowed is 50.' },
  },
  create(context) {
    const check = (node) => {
      const lines = node.loc.end.line - node.loc.start.line + 1;
      if (lines > 50 && !isDescribeCallback(node)) {
        context.report({ node, messageId: 'long', data: { lines } });
      }
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};

function isDescribeCallback({ parent }) {
  let callee = parent.type === 'CallExpression' ? parent.callee : null;
  while (callee && callee.type !== 'Identifier') {
    callee = callee.object ?? callee.callee ?? callee.tag ?? null;
  }
  return callee !== null && callee.name.startsWith('describe');
}

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'coverage/', '.artifacts/', '.data/', '.husky/_/'] },
  { ignores: ['**/client/api.types.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        // With decorator metadata, `import type` on an injected class breaks Nest's injection: the rule must know.
        emitDecoratorMetadata: true,
        experimentalDecorators: true,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/no-shadow': ['error', { ignoreOnInitialization: true }],
      '@typescript-eslint/no-misused-promises': 'error',
      // `() => socket.destroy()` is clear enough.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // `async` also turns a thrown error into a rejection, which callers may rely on.
      '@typescript-eslint/require-await': 'off',
      // `json<T>()` states what the caller expects of a test answer or a parsed body.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // A constructor that only narrows the type of a parameter is not useless.
      '@typescript-eslint/no-useless-constructor': 'off',
      // A DTO is written as a literal of its shape; the class is there for validation and documentation.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-deprecated': ['error', { allow: DEPRECATED_ON_PURPOSE }],
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      // Modules and other decorated classes of Nest are empty by nature.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    rules: {
      eqeqeq: 'error',
      curly: ['error', 'multi-line'],
      'no-console': 'error',
      complexity: ['error', 10],
      'max-lines': ['error', { max: 250, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 50 }],
      'no-restricted-syntax': ['error', ...STYLE],
    },
  },
  {
    files: ['libs/connections/src/**/*.ts'],
    // clock.ts is the adapter for time and chance of the HTTP transport.
    // testing/ talks to a sandbox, from a test; client/ to the routes of the library.
    ignores: [...TESTS, '**/{transport/clock,testing/sandbox-fixture,client/route-calls}.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'HTTP goes through the client in powens/.' },
      ],
      'no-restricted-properties': ['error', ...AMBIENT, ...TERMINAL],
    },
  },
  {
    files: ['libs/connections/src/cli/connections.ts'],
    rules: { 'no-restricted-properties': ['error', ...AMBIENT] },
  },
  {
    files: [
      'src/demo.ts',
      'src/demo/**/*.ts',
      'bench/**',
      'test/helpers/canary/**',
      'test/brokers/**',
      'test/faults/**',
      'test/measure/**',
      'test/matrix/host/**',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    files: TESTS,
    plugins: { house: { rules: { 'max-lines-per-test': maxLinesPerTest } } },
    rules: {
      'no-restricted-syntax': ['error', ...STYLE, ...IT_SHOULD, ...NO_CLOCK],
      // `expect(service.method)` and stubs hand methods around on purpose.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Tests print, spread and use on purpose what nobody should.
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-deprecated': 'off',
      'max-lines-per-function': 'off',
      'house/max-lines-per-test': 'error',
    },
  },
  {
    files: ['libs/connections/src/**/*.ts', 'src/**/*.ts', 'docs/**/*.md', '*.md', 'libs/connections/*.md'],
    ignores: TESTS,
    plugins: { words: { rules: { 'former-words': formerWords } } },
    rules: { 'words/former-words': 'error' },
  },
  {
    files: ['**/*.md'],
    languageOptions: { parser: textParser },
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['**/*.{cjs,mjs,js}'],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        console: 'readonly',
        module: 'readonly',
        performance: 'readonly',
        process: 'readonly',
        URL: 'readonly',
      },
    },
  },
);
