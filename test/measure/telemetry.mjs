import { cpus, loadavg } from 'node:os';

/**
 * `node test/measure/telemetry.mjs`: processor time of the telemetry calls of one flow (connect, callback, delivery) without an SDK,
 * against the same calls of functions that do nothing. Run `npm run build` before.
 */
const TELEMETRY = new URL('../../dist/libs/connections/src/telemetry/', import.meta.url);
const ROUNDS = 41;
const FLOWS = 20_000;

const nothing = { add: () => undefined, record: () => undefined, recordSince: () => undefined };
const STUBS = {
  inSpan: (_, work) => work(),
  inHttpSpan: (_, work) => work(),
  Traced: () => () => undefined,
  annotate: () => undefined,
  annotateMessage: () => undefined,
  traceParent: () => null,
  timed: (work) => work(),
  ...{ attemptsStarted: nothing, attemptDuration: nothing, exchangeDuration: nothing },
  ...{ apiCallDuration: nothing, deliveryDuration: nothing },
};

/** Makes what a flow calls: counted in `npm run bench -- --flows --systems fastify-untraced`, whose functions can be made to count. */
function flowOf(telemetry) {
  const { inSpan, inHttpSpan, timed, annotate, traceParent } = telemetry;
  const work = async () => undefined;
  const methods = ['powens.connect.start', 'powens.callback', 'powens.read_back'].map((name) => {
    const descriptor = { value: work };
    telemetry.Traced(name)({}, name, descriptor);
    return descriptor.value;
  });
  const exchanged = (startMs, outcome) => telemetry.exchangeDuration.recordSince(startMs, outcome);
  const called = (startMs, outcome) => telemetry.apiCallDuration.recordSince(startMs, 'other', outcome);
  const call = { method: 'GET', template: '/users/me/connections/{id}', host: 'localhost' };
  return async () => {
    for (const method of methods) await method();
    for (const name of ['powens.completion', 'powens.exchange', 'powens.commit']) await inSpan(name, work);
    await inSpan('powens.event.deliver', work, null);
    for (let count = 0; count < 2; count += 1) traceParent();
    for (let count = 0; count < 8; count += 1) annotate('powens.flow', 'connect');
    await timed(work, exchanged);
    for (let count = 0; count < 2; count += 1) {
      await timed(work, called);
      await inHttpSpan(call, work);
    }
    telemetry.annotateMessage('default', { id: '1', type: 'connection.created', tries: 1 });
    telemetry.attemptsStarted.add(1, 'connect');
    telemetry.attemptDuration.record(1, 'connect', 'connected');
    telemetry.deliveryDuration.recordSince(0, 'connection.created', 'delivered');
  };
}

/** @returns microseconds of processor time per flow */
async function cost(flow) {
  const before = process.cpuUsage();
  for (let count = 0; count < FLOWS; count += 1) await flow();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / FLOWS;
}

const [spans, metrics] = await Promise.all(
  ['spans.js', 'metrics.js'].map(async (name) => import(new URL(name, TELEMETRY).href)),
);
const real = flowOf({ ...spans, ...metrics });
const stub = flowOf(STUBS);
const differences = [];
for (let round = 0; round < ROUNDS; round += 1) {
  // In turns, each of them first in every other round.
  const [first, second] = round % 2 === 0 ? [real, stub] : [stub, real];
  const [a, b] = [await cost(first), await cost(second)];
  differences.push(first === real ? a - b : b - a);
}
const sorted = differences.sort((a, b) => a - b);
const at = (share) => sorted[Math.floor(share * ROUNDS)].toFixed(2);
console.log(
  `${cpus()[0]?.model} x ${cpus().length}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}`,
);
console.log(
  `Telemetry without an SDK takes ${at(0.5)} microseconds of processor time per flow (quartiles ${at(0.25)} and ${at(0.75)} of ${ROUNDS} rounds)`,
);
