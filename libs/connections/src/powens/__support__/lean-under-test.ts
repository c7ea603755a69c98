import axios, { type AxiosInstance, isAxiosError } from 'axios';
import { expect, onTestFinished } from 'vitest';
import { createLeanAdapter, type LeanAdapterConfig } from '../lean/lean.adapter.js';
import { LeanAdapterError } from '../lean/lean-adapter.error.js';
import { rejection } from './powens-under-test.js';

/** A plain axios instance on the lean adapter. A test that wants a deadline to pass says which: the others never do. */
export function instanceFor(origin: string, config: Partial<LeanAdapterConfig> = {}): AxiosInstance {
  const adapter = createLeanAdapter({
    origin,
    connectTimeoutMs: 900_000,
    totalTimeoutMs: 900_000,
    maxSockets: 50,
    ...config,
  });
  onTestFinished(() => adapter.agent.destroy());
  return axios.create({ adapter });
}

/** Waits for a call to fail the way the adapter promises. */
export async function failureOf(call: Promise<unknown>): Promise<LeanAdapterError> {
  const reason = await rejection(call);
  expect(reason).toBeInstanceOf(LeanAdapterError);
  expect(isAxiosError(reason)).toBe(true);
  return reason as LeanAdapterError;
}
