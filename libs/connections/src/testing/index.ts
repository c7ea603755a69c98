export { ConnectionsTestingModule, type ConnectionsTestingOptions } from './connections-testing.module.js';
export { ConnectionsTesting } from './connections-testing.js';
export type { TestBankData } from './fakes/bank-data.fake.js';
export type { GivenEvent } from './fakes/event-defaults.js';
export { describeOwnership, type TestRunner } from './ownership.js';
export { type OwnershipSubject } from './ownership-violations.js';
export { SandboxFixture, startSandboxFixture } from './sandbox-fixture.js';
export {
  type FiredWebhook,
  type InWebview,
  type SandboxLedger,
  type SandboxSource,
} from './sandbox-fixture.types.js';
