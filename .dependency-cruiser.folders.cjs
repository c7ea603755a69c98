/**
 * Folders of one library must not import each other in a circle: two that do are one room with two names. Specs, and what
 * only they use, are left out; a rule about folders cannot tell them apart by itself.
 */
const { options } = require('./.dependency-cruiser.cjs');

module.exports = {
  forbidden: [
    {
      name: 'no-folder-circular',
      comment: 'Move what both need into a folder below both, or make one folder of the two.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^libs/[^/]+/src/.+' },
      to: { circular: true },
    },
  ],
  options: {
    ...options,
    exclude: {
      path: '(^|/)(dist|\\.data|\\.artifacts|coverage)/|\\.(spec|int-spec|e2e-spec|sweep-spec|test-d)\\.ts$|/__[a-z]+__/',
    },
  },
};
