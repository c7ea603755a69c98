export { describeOwnership, type OwnershipSubject, type TestRunner } from './ownership.js';
