// `npm run test:brokers`
import { runRig } from '../helpers/run-rig.mjs';

await runRig('brokers', ['rig', 'relay', 'consumer']);
