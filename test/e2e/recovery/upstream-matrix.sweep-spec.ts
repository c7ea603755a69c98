import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../helpers/flow/person.js';
import { bankOf, type Act } from '../../helpers/upstream/acts.js';
import { UPSTREAM_CALLS, type UpstreamCall } from '../../helpers/upstream/calls.js';
import { UPSTREAM_FAULTS, type UpstreamFault } from '../../helpers/upstream/faults.js';
import type { Reply, Spoil } from '../../helpers/upstream/powens-link.js';
import { beforeCell, settled, violationsOf } from '../../helpers/upstream/violations.js';
import { endLeases, startUpstreamWorld, type UpstreamWorld } from '../../helpers/upstream/world.js';

/** Answers that tell an owner the truth about a call that failed, or that was done all the same. */
const HONEST = [200, 201, 202, 204, 303, 404, 409, 502, 503, 504];

/** Calls whose cell with another user's answer means something. */
const cellsOf = (call: UpstreamCall): readonly UpstreamFault[] =>
  UPSTREAM_FAULTS.filter(({ spoil }) => spoil !== 'foreign' || call.foreign !== undefined);

describe('whatever a call to Powens meets', () => {
  let world: UpstreamWorld;
  let serial = 0;

  beforeAll(async () => {
    world = await startUpstreamWorld();
  });

  afterAll(async () => {
    await world.close();
  });

  function spoilOf(call: UpstreamCall, { spoil }: UpstreamFault): Spoil {
    if (spoil !== 'foreign') return spoil;
    const change = (reply: Reply): Reply => {
      const answer = JSON.parse(reply.body) as Record<string, unknown>;
      return { ...reply, body: JSON.stringify(call.foreign?.(answer, world.stranger)) };
    };
    return { kind: 'change', change };
  }

  /** Meets the fault, and lets all be well again. */
  async function meet(act: Act, call: UpstreamCall, fault: UpstreamFault): Promise<number | string> {
    const spoil = spoilOf(call, fault);
    world.link.spoil(call.spoilt, spoil);
    const isSilent = spoil.kind === 'silence' || spoil.kind === 'late';
    const answer = await act.run(isSilent ? world.hasty : world.unhurried);
    if (spoil.kind !== 'refuse') expect(world.link.spoilt).toBeGreaterThan(0);
    await world.link.heal();
    return answer;
  }

  /** The login is lost, and its owner was told that nobody knows: the same person can connect the bank once more. */
  async function beginAgain(owner: string, act: Act): Promise<void> {
    const { callback, landed } = await connect(world.patient, world.patient.browser(owner));
    expect(landed.status).toBe(303);
    act.banks.splice(0, act.banks.length, bankOf(callback));
    await settled(world, owner);
  }

  describe.each(UPSTREAM_CALLS)('$name', (call) => {
    it.each(cellsOf(call))('should lose nothing to $name', async (fault) => {
      const owner = `owner ${(serial += 1)}`;
      const before = beforeCell(world);
      const act = await call.begin(world, owner);

      const answer = await meet(act, call, fault);
      await endLeases(world.patient, owner);
      await act.goOn?.();
      await settled(world, owner);
      const end = call.ends?.(fault) ?? 'connected';
      const strangers = call.leavesUser?.(fault) === true ? 1 : 0;
      if (call.leavesUser !== undefined && end !== 'connected') await beginAgain(owner, act);

      if (typeof answer === 'number') expect(HONEST).toContain(answer);
      else expect(answer).not.toBe('internal_error');
      const violations = await violationsOf(world, { owner, act, before, allowed: { end, strangers } });
      expect(violations, violations.join('; ')).toEqual([]);
    });
  });
});
