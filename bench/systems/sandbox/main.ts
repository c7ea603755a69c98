import { startPowensSandbox } from 'powens-sandbox';
import { serve } from '../../control/serve.js';

serve(async () => {
  const sandbox = await startPowensSandbox();
  return { url: sandbox.url, client: sandbox.client, close: () => sandbox.close() };
});
