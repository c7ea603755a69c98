export { ConnectionsTestingModule, type ConnectionsTestingOptions } from './connections-testing.module.js';
export { ConnectionsTesting } from './connections-testing.js';
export type { TestBankData } from './fakes/bank-data.fake.js';
export type { GivenEvent } from './fakes/event-defaults.js';
export { describeOwnership, type OwnershipSubject, type TestRunner } from './ownership.js';
export {
  SandboxFixture,
  startSandboxFixture,
  type FiredWebhook,
  type InWebview,
  type SandboxLedger,
  type SandboxSource,
} from './sandbox-fixture.js';
