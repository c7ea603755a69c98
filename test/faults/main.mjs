// `npm run test:faults`
import { runRig } from '../helpers/run-rig.mjs';

await runRig('faults', ['rig', 'replica']);
